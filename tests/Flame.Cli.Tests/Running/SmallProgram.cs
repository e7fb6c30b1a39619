using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Flame.Cli.Tests.Running;

/// <summary>A program with pools that does what it is told on standard input, and prints what the tests wait for.</summary>
internal static class SmallProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        // An executor that cannot come up.
        if (FlameParent.Current is not null && args.Contains("broken")) return 9;
        using var loggers = LoggerFactory.Create(static logging => logging.AddSimpleConsole(static console => console.SingleLine = true));
        await using var pools = await FlameApplication.StartAsync(
            flame =>
            {
                flame.Control = !args.Contains("unseen");
                flame.AddPool("gpu", static pool => (pool.Max, pool.IdleShutdownAfter) = (2, TimeSpan.FromMinutes(10)));
                flame.AddPool("cpu", static pool => pool.Max = 1);
            },
            loggers: loggers);
        using var here = pools.Use();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["add", var a, var b]:
                    Console.WriteLine($"sum {await Sweep.ScoreAsync(int.Parse(a, CultureInfo.InvariantCulture), int.Parse(b, CultureInfo.InvariantCulture))}");
                    break;
                case ["hold", var tag]:
                    _ = HoldAsync(tag);
                    break;
                case ["fail", var words]:
                    await FailAsync(words);
                    break;
                case ["say", var words]:
                    await Sweep.PrintAsync(words.Replace("<esc>", "\u001b", StringComparison.Ordinal));
                    Console.WriteLine("said");
                    break;
            }
        }

        return 0;
    }

    // Its first item says that it runs.
    private static async Task HoldAsync(string tag)
    {
        try
        {
            await foreach (var item in Sweep.Remote.With(new FlameCallOptions { Tag = tag }).TrainAsync(tag, "hunter2", default)) Console.WriteLine($"running {tag} {item}");
        }
        catch (Exception e)
        {
            Console.WriteLine($"ended {tag} {e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static async Task FailAsync(string words)
    {
        try
        {
            await Sweep.LoadAsync(words);
        }
        catch (Exception e)
        {
            Console.WriteLine($"failed {e.GetType().Name}");
        }
    }
}

/// <summary>What it runs on its executors.</summary>
internal static class Sweep
{
    [Flame(Pool = "gpu")]
    public static Task<int> ScoreAsync(int a, int b) => Task.FromResult(a + b);

    [Flame(Pool = "gpu")]
    public static async IAsyncEnumerable<int> TrainAsync(string name, string password, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        Console.WriteLine($"holding {name}");
        yield return Environment.ProcessId;
        await Task.Delay(Timeout.Infinite, ct);
        _ = password;
    }

    [Flame(Pool = "gpu")]
    public static Task LoadAsync(string words) => throw new InvalidOperationException(words);

    [Flame(Pool = "gpu")]
    public static Task PrintAsync(string words)
    {
        Console.WriteLine(words);
        return Task.CompletedTask;
    }
}
