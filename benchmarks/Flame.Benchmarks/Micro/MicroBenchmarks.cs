using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Flame.Benchmarks.Micro;

/// <summary>What the parts of a call cost by themselves. No peer and no wire: here each part is compared with itself as it grows.</summary>
internal static class MicroBenchmarks
{
    public static void Run(string[] arguments) => BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(arguments, Settings());

    // In this process: the project that BenchmarkDotNet generates for a process of its own would be built below this folder, under
    // this repository's central versions and its warnings that are errors, and with the generator of the proxies once more.
    private static ManualConfig Settings() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "micro"));
}
