using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.EndToEnd.App;

/// <summary>What the program does as a parent. It prints what the tests wait for.</summary>
internal static class Actions
{
    /// <summary>The host's container, where there is a host.</summary>
    public static IServiceProvider Services { get; set; } = null!;

    public static async Task RunAsync(string action)
    {
        Console.WriteLine($"parent {Environment.ProcessId}");
        switch (action)
        {
            case "where":
                await PrintAsync("where", Jobs.WhereAsync());
                await PrintAsync("sum", Jobs.AddAsync(2, 3));
                break;

            case "greet":
                Console.WriteLine($"greeting {await Jobs.GreetAsync(null!, null!)}");
                Console.WriteLine($"there {await Jobs.StartedServicesAsync()}");
                Console.WriteLine($"here {string.Join(',', Started.Names)}");
                break;

            // One call that the test lets go when it wants, with a host that it can end meanwhile.
            case "pass":
                var passing = PrintAsync("passed", Gates.PassAsync(Setup.Number("gate", 0), default));
                if (!Setup.Has("stay")) await passing;
                break;

            case "hold":
                await Task.WhenAll(Enumerable.Range(0, Setup.Number("calls", 1))
                    .Select(_ => PrintAsync("passed", Gates.PassWithChildAsync(Setup.Number("gate", 0), Setup.Has("heed"), default))));
                break;

            case "call":
                await PrintAsync("called", Task.Run(() => Jobs.WhereAsync()));
                break;

            // Calls without end, until the program is told to end.
            case "load":
                Load.Begin(Setup.Number("callers", 12));
                break;

            // One call that writes to a file when the test lets it go, wherever its parent is then.
            case "detach":
                var options = new FlameCallOptions { Detached = true, Timeout = Setup.Value("timeout") is { } limit ? TimeSpan.Parse(limit, CultureInfo.InvariantCulture) : null };
                var detached = PrintAsync("passed", Gates.Remote.With(options).PassAndWriteAsync(Setup.Number("gate", 0), Setup.Value("file")!, default));
                if (!Setup.Has("stay")) await detached;
                break;

            // Calls of executors to executors of their own.
            case "chain":
                await PrintAsync("chain", Nested.ChainAsync(2));
                await PrintAsync("places", Nested.PlacesAsync(null!));
                break;

            case "nest":
                await PrintAsync("passed", Nested.HoldAsync(Setup.Number("below", 1), Setup.Number("gate", 0), Setup.Has("heed"), default));
                break;

            case "hand-over":
                await PrintAsync("handed-over", Nested.HandOverAsync(Setup.Number("gate", 0), Setup.Value("file")!));
                break;

            case "inject":
                await using (var scope = Services.CreateAsyncScope())
                {
                    var desk = scope.ServiceProvider.GetRequiredService<IDesk>();
                    await PrintAsync("there", desk.WorkAsync(desk));
                    await PrintAsync("there", scope.ServiceProvider.GetRequiredKeyedService<IDesk>("front").WorkAsync(desk));
                    Console.WriteLine($"here {desk.Process} {desk is Desk}");
                }

                break;

            // The libraries that calls load here and there, without a pipeline and with one.
            case "libraries":
                await PrintAsync("there", Jobs.PollyAsync());
                await PrintAsync("there", Jobs.Remote.With(new FlameCallOptions { Timeout = TimeSpan.FromMinutes(1), Idempotent = true }).PollyAsync());
                await Jobs.Cast.PollyAsync();
                Console.WriteLine($"here {await Jobs.Local.PollyAsync()}");
                await PrintAsync("there", Retried.PollyAsync());
                Console.WriteLine($"here {await Jobs.Local.PollyAsync()}");
                break;

            // A mapping whose calls the test lets go, while the program prints lines of its own.
            case "map":
                var (gate, mapped) = (Setup.Number("gate", 0), 0);
                await foreach (var result in FlamePools.Current.MapAsync("main", Enumerable.Range(0, Setup.Number("items", 4)), async (_, ct) => await Gates.PassAsync(gate, ct)))
                    Console.WriteLine($"mapped {++mapped} in {result.Value}");
                break;

            // One call that takes all the memory that there is.
            case "grow":
                await PrintAsync("grown", Jobs.GrowAsync(default));
                break;

            default:
                throw new ArgumentException($"unknown action {action}");
        }
    }

    private static async Task PrintAsync<T>(string word, Task<T> call)
    {
        try
        {
            Console.WriteLine($"{word} {await call}");
        }
        catch (Exception e)
        {
            Console.WriteLine($"failed {e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
