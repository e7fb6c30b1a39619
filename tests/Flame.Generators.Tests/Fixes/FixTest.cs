using Flame.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flame.Generators.Tests.Fixes;

/// <summary>What a fix offers, and what it makes of some source: it compiles, and what was said of it is gone.</summary>
internal static class FixTest
{
    public static Task FixesAsync(CodeFixProvider fix, string title, string before, string after) =>
        FixesAsync(fix, title, GeneratorRun.Compile([before]), after);

    public static async Task FixesAsync(CodeFixProvider fix, string title, CSharpCompilation before, params string[] after)
    {
        var run = GeneratorRun.Of(before);
        var (documents, actions) = await OfferedAsync(fix, run, WithoutReferences);
        var changed = await ChangedAsync(actions.Single(a => a.Title == title), documents);
        Assert.Equal(after.Select(text => GeneratorRun.Usings + text), changed);

        var compiled = GeneratorRun.Of(run.Input.RemoveAllSyntaxTrees().AddSyntaxTrees(run.Input.SyntaxTrees.Zip(changed, WithText)));
        Assert.Empty(compiled.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.DoesNotContain(await compiled.AnalyzeAsync(), d => fix.FixableDiagnosticIds.Contains(d.Id));
    }

    /// <summary>The titles of what is offered.</summary>
    public static Task<string[]> TitlesAsync(CodeFixProvider fix, string before) => TitlesAsync(fix, GeneratorRun.Compile([before]));

    public static async Task<string[]> TitlesAsync(CodeFixProvider fix, CSharpCompilation before) =>
        [.. (await OfferedAsync(fix, GeneratorRun.Of(before), WithoutReferences)).Actions.Select(a => a.Title)];

    /// <summary>What is offered for the first source, beside those whose project the callback adds.</summary>
    public static async Task<(Document[] Documents, List<CodeAction> Actions)> OfferedAsync(CodeFixProvider fix, GeneratorRun run, Func<Project, Project> add)
    {
        using var workspace = new AdhocWorkspace();
        var project = add(AddProject(workspace.CurrentSolution, "App", run));
        var ids = project.Documents.Take(run.Input.SyntaxTrees.Length).Select(d => d.Id).ToArray();
        var documents = ids.Select(id => project.GetDocument(id)!).ToArray();

        var compilation = (await project.GetCompilationAsync())!;
        var diagnostics = await compilation.WithAnalyzers([new FlameAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        var diagnostic = diagnostics.First(d => fix.FixableDiagnosticIds.Contains(d.Id));

        var actions = new List<CodeAction>();
        var document = project.Solution.GetDocument(diagnostic.Location.SourceTree)!;
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (a, _) => actions.Add(a), CancellationToken.None));
        return (documents, actions);
    }

    public static Project AddProject(Solution solution, string name, GeneratorRun run)
    {
        var project = solution.AddProject(name, name, LanguageNames.CSharp)
            .WithCompilationOptions(run.Input.Options).WithParseOptions(GeneratorRun.ParseOptions).WithMetadataReferences(run.Input.References);
        foreach (var tree in run.Output.SyntaxTrees) project = project.AddDocument(Path.GetFileName(tree.FilePath), tree.GetText(), filePath: tree.FilePath).Project;
        return project;
    }

    /// <summary>The texts of the documents when the action has been taken, as the user's editor leaves them.</summary>
    public static async Task<string[]> ChangedAsync(CodeAction action, params Document[] documents)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        var solution = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        var texts = new List<string>();
        foreach (var document in documents) texts.Add((await solution.GetDocument(document.Id)!.GetTextAsync()).ToString());
        return [.. texts];
    }

    private static Project WithoutReferences(Project project) => project;

    private static SyntaxTree WithText(SyntaxTree tree, string text) =>
        CSharpSyntaxTree.ParseText(text, GeneratorRun.ParseOptions, tree.FilePath, System.Text.Encoding.UTF8);
}
