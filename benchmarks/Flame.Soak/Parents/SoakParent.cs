using System.Globalization;
using System.Runtime.InteropServices;
using Flame.Grpc;

namespace Flame.Soak.Parents;

/// <summary>The program that is broken: callers that call as fast as they are answered, and answers to whoever runs the soak.</summary>
internal static class SoakParent
{
    public const string Number = "SOAK_NUMBER";
    public const string Seed = "SOAK_SEED";
    public const string Callers = "SOAK_CALLERS";
    public const string Largest = "SOAK_LARGEST_MIB";
    public const string Settle = "SOAK_SETTLE_SECONDS";

    /// <summary>The port of loopback to listen at, behind the proxy; without it, links are Unix sockets.</summary>
    public const string Port = "SOAK_PORT";

    /// <summary>The address of loopback where the proxy listens, at the same port.</summary>
    public const string ProxyHost = "127.0.0.2";

    private static readonly TimeSpan s_callsAfterDrain = TimeSpan.FromMilliseconds(300);

    public static async Task<int> RunAsync()
    {
        BreakBoot();
        var pools = await FlameApplication.StartAsync(Configure);
        var load = new Load(pools, ValueOf(Number), ValueOf(Seed), ValueOf(Largest));
        var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // After the pools' own: it is this program's to end, for its callers still have to write down what became of them.
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            ending.TrySetResult();
        });
        var control = Task.Run(() => ObeyAsync(pools, load, ending));
        var callers = Enumerable.Range(0, ValueOf(Callers)).Select(load.CallAsync).ToArray();
        Console.WriteLine("up");

        await ending.Task;
        var drained = pools.DisposeAsync();
        await Task.Delay(s_callsAfterDrain);
        load.End();
        await drained;
        await Task.WhenAll(callers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var left = pools.All.Select(pool => pool.GetStats()).Where(s => s.Count + s.Running + s.Waiting > 0).ToArray();
        foreach (var stats in left) Console.WriteLine($"left {stats}");
        return left.Length == 0 && callers.All(c => c.IsCompletedSuccessfully) ? 0 : 1;
    }

    /// <summary>One line of standard input, one answer; the end of it is the order to end.</summary>
    private static async Task ObeyAsync(FlamePools pools, Load load, TaskCompletionSource ending)
    {
        while (await Console.In.ReadLineAsync() is { } order)
        {
            switch (order)
            {
                case "quiet":
                    await load.PauseAsync();
                    Console.WriteLine(await Vitals.TakeAsync(pools, load, TimeSpan.FromSeconds(ValueOf(Settle))));
                    break;
                case "go":
                    load.Resume();
                    break;
                case "call":
                    _ = load.OneAsync(Kinds.All[0], 0);
                    break;
                case "exit":
                    _ = load.OneAsync(Kinds.Exit, 0);
                    break;
                case "crash":
                    _ = load.OneAsync(Kinds.Crash, 0);
                    break;
                case "burst":
                    _ = load.BurstAsync();
                    break;
            }
        }

        ending.TrySetResult();
    }

    private static void Configure(FlameBuilder flame)
    {
        flame.PoolsInExecutors = true;
        if (Environment.GetEnvironmentVariable(Port) is { Length: > 0 } port)
        {
            flame.UseGrpc(grpc =>
            {
                // An executor has links of its own too, which do not pass the proxy.
                if (FlameParent.Current is not null) return;
                grpc.Port = int.Parse(port, CultureInfo.InvariantCulture);
                grpc.Hosts.Add(ProxyHost);
            });
        }

        foreach (var name in new[] { "work", "single", "fragile", "big", "plan", "leaf" })
        {
            flame.AddPool(name, pool =>
            {
                (pool.Max, pool.MaxConcurrency) = name switch { "work" => (3, 6), "single" => (2, 1), _ => (1, 2) };
                pool.SingleUse = name == "single";
                pool.BootTimeout = TimeSpan.FromSeconds(30);
                pool.QueueTimeout = TimeSpan.FromSeconds(60);
                pool.ShutdownTimeout = TimeSpan.FromSeconds(5);
                pool.CancelGrace = TimeSpan.FromSeconds(1);
                pool.IdleShutdownAfter = TimeSpan.FromSeconds(name == "work" ? 3 : 1);
                pool.IdempotentRetries = 3;
                pool.QueueLimit = 400;
            });
        }
    }

    /// <summary>Boots of one pool fail in many ways.</summary>
    private static void BreakBoot()
    {
        if (FlameParent.Current is not { Pool: "fragile" }) return;
        switch (Random.Shared.Next(6))
        {
            case 0:
                Environment.Exit(5);
                break;
            case 1:
                throw new InvalidOperationException("a boot that fails");
            case 2:
                Thread.Sleep(5000);
                break;
        }
    }

    private static int ValueOf(string name) => int.Parse(Environment.GetEnvironmentVariable(name)!, CultureInfo.InvariantCulture);
}
