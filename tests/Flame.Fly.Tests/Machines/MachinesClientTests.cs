using Flame.Doubles.Fly;
using Flame.Fly.Machines;

namespace Flame.Fly.Tests.Machines;

public sealed class MachinesClientTests : IAsyncLifetime
{
    private FlyDouble _cloud = null!;
    private MachinesClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await Cloud.StartAsync();
        _client = Cloud.Client(_cloud);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_machine_is_created_comes_up_and_is_destroyed()
    {
        var created = await CreateAsync();
        Assert.Equal("created", created.State);
        Assert.True(await _client.WaitAsync(created.Id, "started", null, TimeSpan.FromSeconds(10), Cloud.Patience));
        Assert.Equal("started", (await _client.GetAsync(created.Id, Cloud.Patience)).State);

        await _client.DestroyAsync(created.Id, Cloud.Patience);
        Assert.True(await _client.WaitAsync(created.Id, "destroyed", null, TimeSpan.FromSeconds(10), Cloud.Patience));

        // Gone is gone, however often it is asked for.
        await _client.DestroyAsync(created.Id, Cloud.Patience);
        Assert.Equal("destroyed", (await _client.GetAsync(created.Id, Cloud.Patience)).State);
        Assert.Empty(await _client.ListAsync([], Cloud.Patience));
    }

    [Fact]
    public async Task A_list_holds_the_machines_with_the_metadata_that_was_asked_for()
    {
        var mine = await CreateAsync(metadata: [("pool", "a b&c"), ("run", "1")]);
        await CreateAsync(metadata: ("pool", "other"));

        var found = await _client.ListAsync([KeyValuePair.Create("pool", "a b&c"), KeyValuePair.Create("run", "1")], Cloud.Patience);

        Assert.Equal(mine.Id, Assert.Single(found).Id);
        Assert.Equal("a b&c", found[0].Metadata("pool"));
    }

    [Fact]
    public async Task A_wait_that_ends_before_what_it_waits_for_says_so()
    {
        _cloud.Faults.NextMachine(MachineFault.StuckInCreated);
        var created = await CreateAsync();

        Assert.False(await _client.WaitAsync(created.Id, "started", null, TimeSpan.FromSeconds(1), Cloud.Patience));
    }

    [Fact]
    public async Task A_machine_that_is_stopped_is_started_again_with_another_configuration_under_a_lease()
    {
        var created = await CreateAsync(autoDestroy: false);
        await _client.WaitAsync(created.Id, "started", null, TimeSpan.FromSeconds(10), Cloud.Patience);
        await _client.StopAsync(created.Id, new StopBody("SIGTERM", "5s"), Cloud.Patience);
        Assert.True(await _client.WaitAsync(created.Id, "stopped", created.InstanceId, TimeSpan.FromSeconds(10), Cloud.Patience));

        var nonce = await _client.LeaseAsync(created.Id, TimeSpan.FromSeconds(30), Cloud.Patience);
        var held = await Assert.ThrowsAsync<MachinesException>(() => _client.LeaseAsync(created.Id, TimeSpan.FromSeconds(30), Cloud.Patience));
        Assert.Equal(MachinesFailure.Leased, held.Failure);
        var change = Cloud.Request(metadata: ("new", "yes")) with { Name = null, Region = null, SkipLaunch = true, CurrentVersion = created.InstanceId };
        var updated = await _client.UpdateAsync(created.Id, change, nonce, null, Cloud.Patience);
        Assert.NotEqual(created.InstanceId, updated.InstanceId);
        await _client.StartAsync(created.Id, nonce, null, Cloud.Patience);
        await _client.ReleaseAsync(created.Id, nonce!, Cloud.Patience);

        Assert.True(await _client.WaitAsync(created.Id, "started", updated.InstanceId, TimeSpan.FromSeconds(10), Cloud.Patience));
        Assert.Equal("yes", (await _client.GetAsync(created.Id, Cloud.Patience)).Metadata("new"));
    }

    [Fact]
    public async Task What_may_be_asked_again_is_asked_again_when_the_api_fails()
    {
        var created = await CreateAsync();
        _cloud.Faults.Next("get", FlyFault.Unavailable, FlyFault.Lost, new FlyFault(502, "<html>bad gateway</html>"));

        Assert.Equal(created.Id, (await _client.GetAsync(created.Id, Cloud.Patience)).Id);
        Assert.Equal(4, _cloud.Calls.Count(c => c.Action == "get"));
    }

    [Fact]
    public async Task A_create_that_may_have_happened_is_not_sent_again_behind_the_callers_back()
    {
        _cloud.Faults.Next("create", FlyFault.CommittedThenFailed);

        var error = await Assert.ThrowsAsync<MachinesException>(() => CreateAsync());

        Assert.Equal(MachinesFailure.Unanswered, error.Failure);
        Assert.Single(_cloud.Live);
    }

    [Fact]
    public async Task A_create_that_was_refused_for_the_rate_is_sent_again_after_the_time_that_the_api_asks_for()
    {
        _cloud.Faults.Next("create", FlyFault.Throttled with { RetryAfter = TimeSpan.FromSeconds(1) }, FlyFault.Throttled);

        await CreateAsync();

        var tries = _cloud.Calls.Where(c => c.Action == "create").ToArray();
        Assert.Equal([429, 429, 200], tries.Select(c => c.Status));
        Assert.True(tries[1].At - tries[0].At >= TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task A_refused_connection_is_tried_until_somebody_listens_again()
    {
        await _cloud.GoDownAsync();
        var reports = new List<string>();
        var create = _client.CreateAsync(Cloud.Request(), reports.Add, null, Cloud.Patience);
        while (reports.Count < 2) await Task.Delay(20);
        await _cloud.ComeBackAsync();

        Assert.Equal("created", (await create).State);
        Assert.Contains("refused", reports[0]);
    }

    [Fact]
    public async Task A_request_that_is_wrong_fails_at_once()
    {
        var wrong = Cloud.Request() with { Config = Cloud.Request().Config with { Guest = new GuestConfig("shared", 1, 300) } };

        var error = await Assert.ThrowsAsync<MachinesException>(() => _client.CreateAsync(wrong, null, null, Cloud.Patience));

        Assert.True(error.IsPermanent);
        Assert.Contains("multiple of 256", error.Message);
    }

    [Fact]
    public async Task An_answer_of_the_wrong_shape_is_an_answer_that_was_lost()
    {
        _cloud.Faults.Next("create", new FlyFault(200, "<html>hello</html>"), new FlyFault(200, """{"id":[1]}"""));

        Assert.Equal(MachinesFailure.Unanswered, (await Assert.ThrowsAsync<MachinesException>(() => CreateAsync())).Failure);
        Assert.Equal(MachinesFailure.Unanswered, (await Assert.ThrowsAsync<MachinesException>(() => CreateAsync())).Failure);
    }

    [Fact]
    public async Task A_create_that_is_given_up_on_its_way_hands_over_what_comes_of_it()
    {
        _cloud.Faults.Next("create", FlyFault.Slow(TimeSpan.FromSeconds(1)));
        using var cancel = new CancellationTokenSource();
        Task<byte[]>? late = null;
        var create = _client.CreateAsync(Cloud.Request(), null, exchange => late = exchange, cancel.Token);
        cancel.CancelAfter(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => create);

        var answer = System.Text.Encoding.UTF8.GetString(await late!);
        Assert.Contains(Assert.Single(_cloud.Live).Id, answer);
    }

    [Fact]
    public async Task Machines_are_made_at_the_pace_of_the_api_and_none_is_refused()
    {
        var started = TimeProvider.System.GetTimestamp();
        var machines = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CreateAsync()));

        Assert.Equal(6, machines.Select(m => m.Id).Distinct().Count());
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(2.8));
        Assert.DoesNotContain(_cloud.Calls, c => c.Status == 429);
    }

    private Task<Machine> CreateAsync(bool autoDestroy = true, params (string Key, string Value)[] metadata) =>
        _client.CreateAsync(Cloud.Request(autoDestroy: autoDestroy, metadata: metadata), null, null, Cloud.Patience);
}
