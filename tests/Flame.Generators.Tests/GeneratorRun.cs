using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;

namespace Flame.Generators.Tests;

/// <summary>Runs our generator and MemoryPack's over some sources, as a user's build does.</summary>
internal sealed class GeneratorRun
{
    private static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                    || name is "netstandard.dll" or "mscorlib.dll" or "MemoryPack.Core.dll" or "Flame.Runtime.dll" or "Microsoft.CSharp.dll"))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    private static readonly ImmutableDictionary<string, string> Features = ImmutableDictionary<string, string>.Empty
        .Add("InterceptorsNamespaces", "Flame.Generated");

    public static readonly CSharpParseOptions ParseOptions = new CSharpParseOptions(
        LanguageVersion.Preview, DocumentationMode.Diagnose,
        preprocessorSymbols: ["NET", "NET7_0_OR_GREATER", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER"]).WithFeatures(Features);

    private GeneratorRun(CSharpCompilation input, CSharpCompilation output, GeneratorDriver driver)
    {
        Input = input;
        Output = output;
        Driver = driver;
    }

    public CSharpCompilation Input { get; }

    public CSharpCompilation Output { get; }

    public GeneratorDriver Driver { get; }

    public GeneratorRunResult Result => Driver.GetRunResult().Results.Single(r => r.Generator.GetGeneratorType() == typeof(FlameGenerator));

    /// <summary>Runs, compiles the result and demands silence.</summary>
    public static GeneratorRun Clean(string source, string assembly = "App", params MetadataReference[] references)
    {
        var run = Of(source, assembly, references);
        run.DemandSilence();
        return run;
    }

    public static GeneratorRun Of(string source, string assembly = "App", params MetadataReference[] references) =>
        Of(Compile([source], assembly, references));

    public static GeneratorRun Of(CSharpCompilation input)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            Generators(), parseOptions: ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGeneratorsAndUpdateCompilation(input, out var output, out _);
        return new GeneratorRun(input, (CSharpCompilation)output, driver);
    }

    /// <summary>The same driver over an edited compilation.</summary>
    public GeneratorRun Then(Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var input = edit(Input);
        var driver = Driver.RunGeneratorsAndUpdateCompilation(input, out var output, out _);
        return new GeneratorRun(input, (CSharpCompilation)output, driver);
    }

    public static CSharpCompilation Compile(string[] sources, string assembly = "App", params MetadataReference[] references) =>
        CSharpCompilation.Create(
            assembly,
            sources.Select((s, i) => CSharpSyntaxTree.ParseText(Usings + s, ParseOptions, path: $"/src/File{i}.cs", System.Text.Encoding.UTF8)),
            Platform.AddRange(references),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true)
                // The SDK, too, silences what unifying assembly versions has to say.
                .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]));

    public void DemandSilence()
    {
        var spoken = Output.GetDiagnostics().Concat(Result.Diagnostics)
            .Where(d => d.Severity >= DiagnosticSeverity.Warning && !(d.Id is "CS1591" && !IsGenerated(d)))
            .Select(d => d.ToString()).ToArray();
        Assert.True(spoken.Length == 0, string.Join('\n', spoken));
    }

    /// <summary>Everything we generated, in the order of its names.</summary>
    public string Text() => string.Join('\n', Result.GeneratedSources
        .OrderBy(s => s.HintName, StringComparer.Ordinal)
        .Select(s => $"// ==== {s.HintName}\n{s.SourceText}"));

    public byte[] Emit(out byte[] symbols)
    {
        using var image = new MemoryStream();
        using var pdb = new MemoryStream();
        var result = Output.Emit(image, pdb, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        symbols = pdb.ToArray();
        return image.ToArray();
    }

    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync() =>
        await Output.WithAnalyzers([new Analysis.FlameAnalyzer()]).GetAnalyzerDiagnosticsAsync();

    public const string Usings = """
        using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Flame; using MemoryPack;

        """;

    private static bool IsGenerated(Diagnostic d) => d.Location.SourceTree?.FilePath.StartsWith("Flame.Generators", StringComparison.Ordinal) == true;

    private static IEnumerable<ISourceGenerator> Generators()
    {
        var memoryPack = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "generators", "MemoryPack.Generator.dll"));
        yield return new FlameGenerator().AsSourceGenerator();
        foreach (var type in memoryPack.GetTypes().Where(t => t.IsDefined(typeof(GeneratorAttribute)) && typeof(IIncrementalGenerator).IsAssignableFrom(t)))
            yield return ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator();
    }
}
