using System.Collections.Concurrent;
using System.Diagnostics;
using Flame.Backends;
using Flame.EndToEnd.Tests.Calls;
using Flame.Grpc;
using Flame.Wire;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>The token of an executor is where it has to be, and nowhere else: no log, exception, output, command line or child has it.</summary>
public sealed class SecretTests
{
    [Theory]
    [InlineData("socket")]
    [InlineData("grpc")]
    public async Task Nothing_that_is_logged_thrown_or_printed_holds_a_token_whatever_goes_wrong(string carrier)
    {
        var backend = new ToldBackend();
        var log = new LogRecorder();
        await using (var pools = await StartAsync(backend, log, carrier))
        {
            var process = await Sums.ProcessAsync().Patiently();
            backend.Tell(await Record.ExceptionAsync(() => Environments.ThrowAllAsync().Patiently()));
            var parent = FlameParent.Parse(backend.Variables.Single());
            backend.Tell(parent, ExecutorHello.To(parent), new BootRequest("main", "main/1", backend.Variables.Single(), _ => { }));
            await backend.RefuseAsync(backend.Variables.Single());
            var held = Environments.HoldAsync();
            await log.WhenAsync("it holds");
            await Signals.KillAsync(process);
            backend.Tell(await Record.ExceptionAsync(() => held.Patiently()));
            backend.Program = ("/bin/sh", ["-c", "echo no licence >&2; exit 4"]);
            backend.Tell(await Record.ExceptionAsync(() => Sums.AddAsync(2, 3).Patiently()));
        }

        foreach (var line in log.Lines) backend.Tell(line.Text, line.Error);
        Assert.True(backend.Variables.Count > 1);
        Assert.Contains(backend.Told, text => text.Contains("FLM2102", StringComparison.Ordinal));
        Assert.Contains(backend.Told, text => text.Contains("FLM2103", StringComparison.Ordinal));
        Assert.Contains(backend.Told, text => text.Contains("FLM2008", StringComparison.Ordinal));
        Assert.All(backend.Told, text => AssertHoldsNone(text, [.. backend.Variables]));
    }

    [Fact]
    public async Task What_an_executor_starts_inherits_no_token()
    {
        var backend = new ToldBackend();
        await using var pools = await StartAsync(backend, new LogRecorder(), "socket");

        var (own, childs) = (await Environments.OwnAsync().Patiently(), await Environments.OfChildAsync().Patiently());

        Assert.Contains("PATH=", childs, StringComparison.Ordinal);
        Assert.DoesNotContain(FlameParent.Variable, childs, StringComparison.Ordinal);
        AssertHoldsNone(own + childs, [.. backend.Variables]);
    }

    [Fact]
    public async Task A_program_that_logs_everything_shows_no_token_and_what_its_executors_environ_shows_is_spent()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "it looks into /proc");
        await using var app = AppProcess.Start(AppProcess.Path, ["host", "where", "stay"], ("Logging__LogLevel__Default", "Trace"));
        await app.NextAsync("sum");
        var variables = app.Started().Select(VariableOf).OfType<string>().Distinct().ToArray();
        Assert.NotEmpty(variables);

        foreach (var pid in app.Started().Append(app.Id)) AssertHoldsNone(await File.ReadAllTextAsync($"/proc/{pid}/cmdline"), variables);

        // Whoever may read it has the same user, and comes too late.
        await using var second = AppProcess.Start(AppProcess.Path, ["bare", "where"], (FlameParent.Variable, variables[0]));
        Assert.Equal(71, await second.EndAsync());
        Assert.Contains("FLM2102", second.Output, StringComparison.Ordinal);

        await app.TermAsync();
        await app.EndAsync();
        Assert.Contains("FLM3010", app.Output, StringComparison.Ordinal);
        AssertHoldsNone(app.Output + second.Output, variables);
    }

    private static Task<FlamePools> StartAsync(ToldBackend backend, LogRecorder log, string carrier) => TestPools.StartAsync(
        flame =>
        {
            if (carrier == "grpc") flame.UseGrpc();
            flame.UseBackend(backend).AddPool("main", pool => (pool.Max, pool.BootTimeout) = (1, TimeSpan.FromMinutes(1)));
        },
        log);

    private static void AssertHoldsNone(string text, string[] variables) => Assert.All(variables, variable =>
    {
        Assert.DoesNotContain(variable, text, StringComparison.Ordinal);
        Assert.DoesNotContain(FlameParent.Parse(variable).Token, text, StringComparison.Ordinal);
    });

    private static string? VariableOf(int pid)
    {
        const string Begin = FlameParent.Variable + "=";
        return File.ReadAllText($"/proc/{pid}/environ").Split('\0').FirstOrDefault(v => v.StartsWith(Begin, StringComparison.Ordinal))?[Begin.Length..];
    }

    /// <summary>Keeps every value of FLAME_PARENT that it is given, and all that is printed. Its first executor has an impostor in front of it.</summary>
    private sealed class ToldBackend : FlameBackend
    {
        private readonly LocalProcessBackend _local = new();

        public ConcurrentQueue<string> Variables { get; } = new();

        public ConcurrentQueue<string> Told { get; } = new();

        /// <summary>What is started in the place of executors.</summary>
        public (string Path, string[] Arguments)? Program { get; set; }

        public override string Name => _local.Name;

        public void Tell(params object?[] things)
        {
            foreach (var thing in things) Told.Enqueue($"{thing}");
        }

        /// <summary>Starts an executor that is to be refused, and waits for its end.</summary>
        public async Task RefuseAsync(string variable, CancellationToken ct = default)
        {
            await using var impostor = await _local.StartAsync(new BootRequest("main", "main/1", variable, line => Tell(line.Text)), ct);
            var exit = await impostor.Exited.Patiently();
            Assert.Contains("exited with code 71", exit.Reason, StringComparison.Ordinal);
            Tell(exit.Reason);
        }

        public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
        {
            if (Variables.IsEmpty) await RefuseAsync((FlameParent.Parse(request.ParentVariable) with { Token = FlameParent.NewToken() }).Encode(), ct);
            Variables.Enqueue(request.ParentVariable);
            Tell(request);
            var output = request.Output;
            request = request with
            {
                Output = line =>
                {
                    Tell(line.Text);
                    output(line);
                },
            };
            return await (Program is { } program ? new LocalProcessBackend(program.Path, program.Arguments) : _local).StartAsync(request, ct);
        }
    }
}

/// <summary>Tells all that an executor's own code can see of its parent.</summary>
internal static class Environments
{
    [Flame(Pool = "main")]
    public static Task<string> OwnAsync() => Task.FromResult(All());

    [Flame(Pool = "main")]
    public static async Task<string> OfChildAsync()
    {
        using var child = Process.Start(new ProcessStartInfo("env") { RedirectStandardOutput = true })!;
        return await child.StandardOutput.ReadToEndAsync();
    }

    [Flame(Pool = "main")]
    public static Task ThrowAllAsync()
    {
        Console.WriteLine(All());
        Console.Error.WriteLine(FlameParent.Current);
        return Task.FromException(new InvalidOperationException(All()));
    }

    [Flame(Pool = "main")]
    public static Task HoldAsync()
    {
        Console.WriteLine("it holds");
        return Task.Delay(Timeout.Infinite);
    }

    private static string All() =>
        $"{FlameParent.Current} {string.Join('\n', Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => $"{v.Key}={v.Value}"))} {Environment.CommandLine}";
}
