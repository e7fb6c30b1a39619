using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Flame.Diagnostics.Tests;

/// <summary>A program with Flame and OpenTelemetry: the same in the parent and in its executors, which are real processes.</summary>
internal static class TracedProgram
{
    public static ActivitySource Source { get; } = new("Traced");

    public static IHost Build(Uri? collector = null, OtlpExportProtocol protocol = OtlpExportProtocol.Grpc)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddFlame(flame =>
        {
            flame.PoolsInExecutors = true;
            flame.AddPool("main", pool => pool.Max = 1);
        });
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Traced")).UseFlame(collector, protocol);
        return builder.Build();
    }

    public static async Task RunExecutorAsync()
    {
        using var host = Build();
        await host.StartAsync();
    }
}

internal static class Traced
{
    [Flame(Pool = "main")]
    public static async Task<int> WorkAsync(int number)
    {
        using var inner = TracedProgram.Source.StartActivity("inner");
        inner?.SetTag("number", number);
        await Task.Yield();
        return Environment.ProcessId;
    }

    /// <summary>The same on an executor of the executor.</summary>
    [Flame(Pool = "main")]
    public static Task<int> WorkBelowAsync(int number) => Traced.Remote.WorkAsync(number);

    /// <summary>More spans than one request may be large, or one batch can hold.</summary>
    [Flame(Pool = "main")]
    public static Task WorkMuchAsync(int spans, int size)
    {
        for (var i = 0; i < spans; i++)
        {
            using var inner = TracedProgram.Source.StartActivity("large");
            inner?.SetTag("words", new string('x', size));
        }

        return Task.CompletedTask;
    }
}
