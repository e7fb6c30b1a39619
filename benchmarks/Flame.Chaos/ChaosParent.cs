using System.Globalization;
using Flame.Fly;
using Flame.Kubernetes;

namespace Flame.Chaos;

/// <summary>The program that is broken: it makes its calls, writes down how each of them ended, and ends.</summary>
internal static class ChaosParent
{
    public const string Calls = "CHAOS_CALLS";
    public const string Seed = "CHAOS_SEED";
    public const string Api = "CHAOS_API";

    private const int AtOnce = 8;

    public static async Task<int> RunAsync(string platform)
    {
        Diary.Write($"up {Environment.ProcessId}");
        await using var pools = await FlameApplication.StartAsync(flame => Configure(flame, platform));
        var random = new Random(Number(Seed));
        var calls = Enumerable.Range(0, Number(Calls)).Select(call => (Call: call, For: random.Next(20, 300), Again: random.Next(3) == 0)).ToArray();
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (c, ct) => await CallAsync(c.Call, c.For, c.Again, ct));
        return 0;
    }

    private static async Task CallAsync(int call, int milliseconds, bool again, CancellationToken ct)
    {
        Diary.Write($"call {call} {(again ? "again" : "once")}");
        string end;
        try
        {
            var result = await (again ? Work.AgainAsync(call, milliseconds, ct) : Work.OnceAsync(call, milliseconds, ct));
            end = result == call ? "ok" : $"wrong:{result}";
        }
        catch (FlameException e)
        {
            end = $"{e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}";
        }
        catch (Exception e)
        {
            end = $"untyped:{e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}";
        }

        Diary.Write($"end {call} {end}");
    }

    private static void Configure(FlameBuilder flame, string platform)
    {
        if (platform == "fly")
        {
            flame.UseFly(fly =>
            {
                fly.ApiHost = Environment.GetEnvironmentVariable(Api)!;
                (fly.CpuKind, fly.Cpus, fly.MemoryMiB) = ("shared", 1, 256);
                foreach (var name in new[] { Diary.Folder, Api }) fly.Env[name] = Environment.GetEnvironmentVariable(name)!;
            });
        }
        else
        {
            flame.UseKubernetes(pods => pods.ServiceAccountFiles = Environment.GetEnvironmentVariable("FLAME_TEST_SERVICEACCOUNT") ?? "");
        }

        flame.AddPool("work", pool =>
        {
            (pool.Max, pool.MaxConcurrency) = (4, 2);
            pool.BootTimeout = TimeSpan.FromSeconds(15);
            pool.ShutdownTimeout = TimeSpan.FromSeconds(3);
            pool.IdleShutdownAfter = TimeSpan.FromSeconds(2);
            pool.IdempotentRetries = 5;
        });
    }

    private static int Number(string name) => int.Parse(Environment.GetEnvironmentVariable(name)!, CultureInfo.InvariantCulture);
}
