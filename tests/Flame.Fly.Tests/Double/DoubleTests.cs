using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flame.Doubles;
using Flame.Doubles.Fly;

namespace Flame.Fly.Tests.Double;

/// <summary>What a naive stand-in for Fly would miss (FLY.md, 3), asked for with plain HTTP.</summary>
public sealed class DoubleTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private FlyDouble _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await Cloud.StartAsync();
        _http.BaseAddress = new Uri($"{_cloud.Address}/v1/apps/{_cloud.App}/");
        _http.DefaultRequestHeaders.Add("Authorization", "FlyV1 " + _cloud.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task A_create_answers_created_and_the_start_comes_later()
    {
        var (status, machine) = await CreateAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("created", (string?)machine["state"]);
        Assert.Matches("^[0-9a-f]{14}$", (string?)machine["id"]);
        Assert.Matches("^[0-9A-Z]{26}$", (string?)machine["instance_id"]);
        Assert.Equal("started", (string?)(await SendAsync("GET", $"machines/{machine["id"]}/wait?state=started")).Body["state"]);
    }

    [Fact]
    public async Task A_machine_that_destroys_itself_is_found_by_its_id_alone_and_tells_its_exit()
    {
        var (_, machine) = await CreateAsync(Cloud.Leaver);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", $"machines/{machine["id"]}/wait?state=destroyed")).Status);

        Assert.Empty((await SendAsync("GET", "machines")).Json.AsArray());
        var gone = (await SendAsync("GET", $"machines/{machine["id"]}")).Body;
        Assert.Equal("destroyed", (string?)gone["state"]);
        var events = gone["events"]!.AsArray();
        Assert.Equal("destroy", (string?)events[0]!["type"]);
        Assert.Null(events[0]!["request"]);
        Assert.Equal(3, (int?)events.First(e => (string?)e!["type"] == "exit")!["request"]!["exit_event"]!["exit_code"]);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", $"machines/{machine["id"]}/wait?state=stopped&version={machine["instance_id"]}")).Status);
    }

    [Fact]
    public async Task A_machine_without_a_restart_policy_is_started_again_when_it_fails()
    {
        var config = Cloud.Config(Cloud.Leaver);
        config.Remove("restart");
        var machine = _cloud.Plant(config);
        await machine.WhenAsync(m => m.Restarts > 1, Cloud.Patience);
    }

    [Theory]
    [InlineData("state=started&timeout=90", 400, "value must be inside range [1s, 1m0s]")]
    [InlineData("state=stopped", 400, "instance_id required when waiting for stopped machine")]
    [InlineData("state=sleeping", 400, "State")]
    [InlineData("state=started&timeout=1", 408, "deadline_exceeded: machine failed to reach desired state, started, currently created")]
    public async Task A_wait_has_its_own_answers(string query, int status, string words)
    {
        _cloud.Faults.NextMachine(MachineFault.StuckInCreated);
        var (_, machine) = await CreateAsync();

        var answer = await SendAsync("GET", $"machines/{machine["id"]}/wait?{query}");

        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(words, (string?)answer.Body["error"]);
    }

    [Fact]
    public async Task A_name_belongs_to_one_living_machine()
    {
        var (_, first) = await CreateAsync(name: "n");
        var (status, body) = await CreateAsync(name: "n");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal($"already_exists: unique machine name violation, machine ID {first["id"]} already exists with name \"n\"", (string?)body["error"]);

        await SendAsync("DELETE", $"machines/{first["id"]}?force=true");
        await _cloud.Machines.Single().Destroyed.WaitAsync(Cloud.Patience);
        Assert.Equal(HttpStatusCode.OK, (await CreateAsync(name: "n")).Status);
    }

    [Fact]
    public async Task A_running_machine_is_destroyed_by_force_alone_and_once()
    {
        var (_, machine) = await CreateAsync();
        await SendAsync("GET", $"machines/{machine["id"]}/wait?state=started");

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync("DELETE", $"machines/{machine["id"]}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("DELETE", $"machines/{machine["id"]}?force=true")).Status);
        await _cloud.Machines.Single().Destroyed.WaitAsync(Cloud.Patience);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("DELETE", $"machines/{machine["id"]}?force=true")).Status);
    }

    [Fact]
    public async Task The_fourth_create_within_a_second_is_too_much()
    {
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await CreateAsync()).Status);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await CreateAsync()).Status);
    }

    [Fact]
    public async Task A_host_that_is_lost_keeps_its_machine_destroying_until_it_is_back()
    {
        var (_, json) = await CreateAsync();
        var machine = _cloud.Machines.Single();
        await machine.WhenAsync(m => m.State == "started", Cloud.Patience);
        await machine.LoseHostAsync();

        var seen = (await SendAsync("GET", $"machines/{json["id"]}")).Body;
        Assert.Equal(("started", "unreachable"), ((string?)seen["state"], (string?)seen["host_status"]));
        Assert.Null(seen["config"]);
        await SendAsync("DELETE", $"machines/{json["id"]}?force=true");
        Assert.Equal("destroying", machine.State);
        machine.HostReturns();
        Assert.Equal("destroyed", machine.State);
    }

    [Fact]
    public async Task A_stop_is_a_signal_and_then_a_kill()
    {
        var (_, json) = await CreateAsync(autoDestroy: false);
        var machine = _cloud.Machines.Single();
        while (!_cloud.Output.Any(line => line.EndsWith("up", StringComparison.Ordinal))) await Task.Delay(20);

        await SendAsync("POST", $"machines/{json["id"]}/stop", """{"signal":"SIGTERM","timeout":"10s"}""");
        await machine.WhenAsync(m => m.State == "stopped", Cloud.Patience);

        var exit = (await SendAsync("GET", $"machines/{json["id"]}")).Body["events"]!.AsArray().First(e => (string?)e!["type"] == "exit")!["request"]!["exit_event"]!;
        Assert.True((bool?)exit["requested_stop"]);
        Assert.Equal(MachineProcess.SigTerm, (int?)exit["guest_signal"]);
    }

    [Fact]
    public async Task A_stranger_is_not_let_in()
    {
        _http.DefaultRequestHeaders.Remove("Authorization");
        _http.DefaultRequestHeaders.Add("Authorization", "Bearer " + _cloud.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", "machines")).Status);
    }

    [Fact]
    public async Task The_environment_of_a_machine_is_its_own()
    {
        _cloud.Images["env"] = new MachineProgram(Environment.ProcessPath!, "machine", "env");
        _cloud.Secrets["SECRET"] = "1";
        Environment.SetEnvironmentVariable("FLAME_TEST_ONLY_PARENT", "1");
        var config = Cloud.Config("env");
        config["env"] = new JsonObject { ["MINE"] = "yes" };
        var machine = _cloud.Plant(config);
        await machine.Destroyed.WaitAsync(Cloud.Patience);

        var lines = _cloud.Output.Select(line => line.Split(' ', 2)[1]).ToArray();
        Assert.Contains($"FLY_MACHINE_ID={machine.Id}", lines);
        Assert.Contains("FLY_REGION=ams", lines);
        Assert.Contains("SECRET=1", lines);
        Assert.Contains("MINE=yes", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("FLAME_TEST_ONLY_PARENT", StringComparison.Ordinal));
    }

    [Fact]
    public void Chances_are_the_same_for_the_same_seed()
    {
        Assert.Equal(Draw(5), Draw(5));
        Assert.NotEqual(Draw(5), Draw(6));

        static string Draw(int seed)
        {
            var faults = new FlyFaults(seed);
            faults.Sometimes("create", 0.5, FlyFault.Lost);
            return string.Concat(Enumerable.Range(0, 40).Select(_ => faults.Of("create") is null ? '0' : '1'));
        }
    }

    private async Task<(HttpStatusCode Status, JsonObject Body)> CreateAsync(string image = Cloud.Sleeper, string? name = null, bool autoDestroy = true)
    {
        var config = Cloud.Config(image);
        config["auto_destroy"] = autoDestroy;
        var body = new JsonObject { ["name"] = name, ["region"] = "ams", ["config"] = config };
        var (status, json) = await SendAsync("POST", "machines", body.ToJsonString());
        return (status, json.AsObject());
    }

    private async Task<Answer> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, Cloud.Patience);
        Assert.True(answer.Headers.Contains("fly-request-id"));
        return new Answer(answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private sealed record Answer(HttpStatusCode Status, JsonNode Json)
    {
        public JsonObject Body => Json.AsObject();
    }
}
