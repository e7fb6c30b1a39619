using System.Net;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>A parent is told to end while it works: what runs comes to its end, and what it needs is there until then.</summary>
public sealed class DeployTests
{
    private const int Callers = 12;
    private const int Slots = 8;

    [Fact]
    public async Task Under_load_a_program_that_is_told_to_end_loses_no_running_call()
    {
        await using var app = AppProcess.Start("host", "load", "stay", $"callers={Callers}", "max=2", "concurrency=4", "shutdown=60");
        await app.NextAsync("loaded");

        await app.TermAsync();

        Assert.Equal(0, await app.EndAsync());
        Assert.EndsWith($" refused={Callers} failed=0 builds=first", LoadOf(app), StringComparison.Ordinal);
        Assert.Empty(app.Started());
    }

    [Fact]
    public async Task Web_application_answers_until_the_drain_ends_and_every_request_whose_call_runs()
    {
        using var gate = new Gate();
        await using var app = StartWeb(gate, "max=2", "concurrency=4", "shutdown=60");
        using var client = new HttpClient { BaseAddress = new Uri(await app.NextAsync("listening")) };
        var requests = Enumerable.Range(0, Slots).Select(_ => client.GetAsync("/pass")).ToArray();
        var calls = await gate.NextAsync(Slots);
        var late = Enumerable.Range(0, Callers - Slots).Select(_ => client.GetAsync("/pass")).ToArray();

        await app.TermAsync();
        await app.NextAsync("stopping");

        // Those that wait, or come now, are refused; the application itself is there for everybody.
        foreach (var refused in await Task.WhenAll(late).Patiently()) await RefusedAsync(refused);
        await RefusedAsync(await client.GetAsync("/pass").Patiently());
        Assert.Equal("alive", await client.GetStringAsync("/alive").Patiently());
        foreach (var call in calls) call.LetGo();

        foreach (var answer in await Task.WhenAll(requests).Patiently())
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(int.Parse(await answer.Content.ReadAsStringAsync()), calls.Select(c => c.Process));
        }

        await app.NextAsync("ended");
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
        var lines = app.Output.Split('\n').ToList();
        Assert.InRange(lines.FindLastIndex(l => l.Contains("FLM3006 main/", StringComparison.Ordinal)), 1, lines.IndexOf("tool stopped") - 1);
    }

    [Fact]
    public async Task Request_whose_call_ended_with_the_drain_still_gets_its_answer()
    {
        using var gate = new Gate();
        await using var app = StartWeb(gate, "max=1", "shutdown=60", "host-time=1");
        using var client = new HttpClient { BaseAddress = new Uri(await app.NextAsync("listening")) };
        var request = client.GetAsync("/pass-and-write");
        var call = await gate.NextAsync();

        await app.TermAsync();
        await app.NextAsync("stopping");

        // Until all that the host has for its own end is over. Nothing is to happen, and of that there is no event.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        call.LetGo();
        var writing = await gate.NextAsync();
        Assert.Equal(app.Id, writing.Process);
        await Patience.UntilAsync(() => !Signals.Listens(app.Id));
        writing.LetGo();

        using var answer = await request.Patiently();
        Assert.Equal($"{call.Process}", await answer.Content.ReadAsStringAsync());
        await app.NextAsync("ended");
        Assert.Equal(0, await app.EndAsync());
    }

    [Fact]
    public async Task Call_after_the_end_of_the_pools_is_told_that_they_have_ended()
    {
        await using var app = AppProcess.Start("bare", "where", "call-after");

        await HostTests.RunsElsewhereAsync(app);
        Assert.StartsWith("ObjectDisposedException FLM2019: The pools of this process have ended", await app.NextAsync("failed"), StringComparison.Ordinal);
        Assert.Equal(0, await app.EndAsync());
    }

    internal static string LoadOf(AppProcess app) => Assert.Single(app.Output.Split('\n'), line => line.StartsWith("load ", StringComparison.Ordinal));

    private static AppProcess StartWeb(Gate gate, params string[] more) => AppProcess.Start(["web", "urls=http://127.0.0.1:0", $"gate={gate.Port}", .. more]);

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.StartsWith("PoolDrainingException FLM2009", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
