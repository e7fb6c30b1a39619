using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.App;

/// <summary>What the program runs on its executors.</summary>
internal static class Jobs
{
    [Flame(Pool = "main")]
    public static Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);

    /// <summary>Where and as what it runs.</summary>
    [Flame(Pool = "main")]
    public static Task<string> WhereAsync() =>
        Task.FromResult($"{Environment.ProcessId} {FlameParent.Current?.Executor} dynamic-code={RuntimeFeature.IsDynamicCodeSupported}");

    /// <summary>The build of the process that runs it.</summary>
    [Flame(Pool = "main")]
    public static async Task<string> BuildAsync()
    {
        await Task.Delay(5);
#if NEXT
        return "next";
#else
        return "first";
#endif
    }

    /// <summary>How many libraries for pipelines the process that runs it has loaded.</summary>
    [Flame(Pool = "main")]
    public static Task<int> PollyAsync() =>
        Task.FromResult(AppDomain.CurrentDomain.GetAssemblies().Count(a => a.GetName().Name!.StartsWith("Polly", StringComparison.Ordinal)));

    [Flame(Pool = "main")]
    public static Task<string> GreetAsync([FromServices] Greeter greeter, [FromServices] IConfiguration configuration) =>
        Task.FromResult($"{greeter.Greeting} {configuration["Name"]}");

    /// <summary>Takes memory that the collector does not know of, bit by bit and for ever.</summary>
    [Flame(Pool = "main")]
    public static async Task<int> GrowAsync(CancellationToken ct)
    {
        var piece = new byte[1024 * 1024];
        Array.Fill(piece, (byte)1);
        for (var pieces = 0; ; pieces++)
        {
            Marshal.Copy(piece, 0, Marshal.AllocHGlobal(piece.Length), piece.Length);
            await Task.Delay(TimeSpan.FromMilliseconds(25), ct);
        }
    }

    /// <summary>The hosted services that have started in the process that runs it.</summary>
    [Flame(Pool = "main")]
    public static Task<string> StartedServicesAsync() => Task.FromResult(string.Join(',', Started.Names));
}

/// <summary>A service of the application.</summary>
internal sealed class Greeter(ILogger<Greeter> logger)
{
    public string Greeting
    {
        get
        {
            logger.LogWarning("greeting");
            return "hello";
        }
    }
}
