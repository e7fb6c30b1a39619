using System.Diagnostics;
using Flame.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Flame.Benchmarks.Build;

/// <summary>What the generator adds to the build of a project of 500 marked methods, and to each edit of it.</summary>
internal sealed class BuildCost : IRounds
{
    private const string Whole = "build of 500 marked methods, from source text in memory to an assembly";
    private const string Edited = "after an edit in a project of 500 marked methods";
    private const string Without = "the compiler, without the generator";

    private CSharpCompilation _project = MarkedProject.Read();
    private GeneratorDriver _driver;
    private GeneratorDriver _idle;
    private int _edits;

    private BuildCost() =>
        (_driver, _idle) = (Driver(new FlameGenerator()).RunGenerators(_project), Driver(new IdleGenerator()).RunGenerators(_project));

    public static Task<IRounds> StartAsync() => Task.FromResult<IRounds>(new BuildCost());

    public Task RoundAsync(Report? report, TimeSpan time)
    {
        Add(Whole, Without, Measure(static () => Emit(MarkedProject.Read())));
        Add(Whole, "the compiler with it", Measure(static () =>
        {
            Driver(new FlameGenerator()).RunGeneratorsAndUpdateCompilation(MarkedProject.Read(), out var generated, out _);
            Emit((CSharpCompilation)generated);
        }));
        var project = MarkedProject.Read();
        Add(Whole, "the generator alone", Measure(() => Driver(new FlameGenerator()).RunGenerators(project)));

        // Each edit is one that the driver has not seen; its text is parsed before, as editor and compiler do anyway.
        _edits++;
        var edited = MarkedProject.EditBody(_project, _edits);
        Add(Edited, Without, Measure(() => edited.GetDiagnostics()));
        Run("the generator, edit of a method's body elsewhere", MarkedProject.EditBody(_project, _edits));
        Run("the generator, edit of a declaration elsewhere", MarkedProject.EditDeclaration(_project, _edits));
        Run("the generator, edit of a marked method", MarkedProject.EditMarked(_project, _edits));
        return Task.CompletedTask;

        void Run(string name, CSharpCompilation edit)
        {
            Add(Edited, name, Measure(() => _driver = _driver.RunGenerators(edit)));
            Add(Edited, name.Replace("the generator", "one that looks at the same and makes nothing", StringComparison.Ordinal), Measure(() => _idle = _idle.RunGenerators(edit.Clone())));
            _project = edit;
        }

        void Add(string what, string name, double milliseconds) => report?.Add(what, "ms", name, Without, milliseconds);
    }

    public ValueTask DisposeAsync() => default;

    private static CSharpGeneratorDriver Driver(IIncrementalGenerator generator) => CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: MarkedProject.ParseOptions);

    private static void Emit(CSharpCompilation project)
    {
        var result = project.Emit(Stream.Null, Stream.Null);
        if (!result.Success) throw new InvalidOperationException($"the project does not build: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
    }

    private static double Measure(Action action)
    {
        var before = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }
}
