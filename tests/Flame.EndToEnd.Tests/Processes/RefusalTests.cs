using Flame.Backends;
using Flame.EndToEnd.Tests.Calls;
using Flame.Wire;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class RefusalTests
{
    [Fact]
    public async Task Another_build_is_refused_and_both_sides_say_which_assemblies_differ()
    {
        var log = new LogRecorder();
        await using var pools = await TestPools.StartAsync(f => f.UseBackend(new LocalProcessBackend(AppProcess.Path, "bare", "where")), log);

        var error = await Assert.ThrowsAsync<BootFailedException>(() => Sums.AddAsync(2, 3).Patiently());

        // Once in the parent's own words, and once as what the executor printed before it went.
        Assert.Equal(3, error.Message.Split("FLM2104").Length);
        Assert.Contains(BuildId.Current.Hash, error.Message, StringComparison.Ordinal);
        Assert.Contains("Flame.EndToEnd.Tests ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Flame.EndToEnd.App ", error.Message, StringComparison.Ordinal);
        Assert.Contains("exited with code 71", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Attempts);
        await log.WhenAsync(line => line.EventId == 3010 && line.Text.Contains("FLM2104", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_token_is_refused_and_the_right_executor_still_comes_in()
    {
        var backend = new ImpostorsFirst(parent => parent with { Token = FlameParent.NewToken() });
        var log = new LogRecorder();
        await using var pools = await TestPools.StartAsync(f => f.UseBackend(backend), log);

        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());

        var reason = Assert.Single(backend.Ends);
        Assert.StartsWith("exited with code 71; last output: FLM2103: ", reason, StringComparison.Ordinal);
        Assert.Equal(1, pools["main"].GetStats().Executors.Single().Name[^1] - '0');
        Assert.All(log.Lines, line => Assert.DoesNotContain(backend.Secret, line.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(backend.Secret, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_executor_that_nobody_expects_is_refused()
    {
        var backend = new ImpostorsFirst(parent => parent with { Executor = "main/99" });
        await using var pools = await TestPools.StartAsync(f => f.UseBackend(backend));

        Assert.Equal(5, await Sums.AddAsync(2, 3).Patiently());

        Assert.StartsWith("exited with code 71; last output: FLM2102: ", Assert.Single(backend.Ends), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_admits_once()
    {
        var backend = new ImpostorsFirst();
        await using var pools = await TestPools.StartAsync(f => f.UseBackend(backend));
        var process = await Sums.ProcessAsync().Patiently();

        var second = await new LocalProcessBackend().StartAsync(new BootRequest("main", "main/1", backend.Last, _ => { }), CancellationToken.None);

        Assert.StartsWith("exited with code 71; last output: FLM2102: ", (await second.Exited.Patiently()).Reason, StringComparison.Ordinal);
        Assert.Equal(process, await Sums.ProcessAsync().Patiently());
        await second.DisposeAsync();
    }

    /// <summary>Before the right executor it starts ones whose FLAME_PARENT is changed, and waits for their end.</summary>
    private sealed class ImpostorsFirst(params Func<FlameParent, FlameParent>[] changes) : FlameBackend
    {
        private readonly LocalProcessBackend _local = new();

        public List<string> Ends { get; } = [];

        public string Last { get; private set; } = "";

        public string Secret => FlameParent.Parse(Last).Token;

        public override string Name => _local.Name;

        public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            Last = request.ParentVariable;
            foreach (var change in changes)
            {
                var changed = change(FlameParent.Parse(request.ParentVariable)).Encode();
                await using var impostor = await _local.StartAsync(request with { ParentVariable = changed, Output = _ => { } }, ct);
                Ends.Add((await impostor.Exited.WaitAsync(ct)).Reason);
            }

            return await _local.StartAsync(request, ct);
        }
    }
}
