using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Flame.Benchmarks.Build;

/// <summary>A project of 50 classes with 10 marked methods each, 50 classes that call them, and one that has nothing to do with them.</summary>
internal static class MarkedProject
{
    private const int Types = 50;
    private const int MethodsOfType = 10;
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Flame;\nnamespace App;\n";

    // What a project with the package has: interception is on.
    public static readonly CSharpParseOptions ParseOptions = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.Parse)
        .WithFeatures(ImmutableDictionary<string, string>.Empty.Add("InterceptorsNamespaces", "Flame.Generated"));

    /// <summary>The project as it is read from the disk.</summary>
    public static CSharpCompilation Read() => CSharpCompilation.Create(
        "App",
        [
            Parse("Elsewhere.cs", Elsewhere(0, 0)),
            .. Enumerable.Range(0, Types).Select(type => Parse($"Work{type}.cs", Marked(type, 0))),
            .. Enumerable.Range(0, Types).Select(type => Parse($"Calls{type}.cs", Calls(type))),
        ],
        References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Something is typed into the body of a method that has nothing to do with the marked ones.</summary>
    public static CSharpCompilation EditBody(CSharpCompilation project, int edit) => Replace(project, "Elsewhere.cs", Elsewhere(edit - 1, edit));

    /// <summary>A class that has nothing to do with the marked methods has another member; to be done after the edit of the body.</summary>
    public static CSharpCompilation EditDeclaration(CSharpCompilation project, int edit) => Replace(project, "Elsewhere.cs", Elsewhere(edit, edit));

    /// <summary>One marked method has another pool.</summary>
    public static CSharpCompilation EditMarked(CSharpCompilation project, int edit) => Replace(project, "Work7.cs", Marked(7, edit));

    private static CSharpCompilation Replace(CSharpCompilation project, string file, string text) =>
        project.ReplaceSyntaxTree(project.SyntaxTrees.First(tree => tree.FilePath == file), Parse(file, text));

    private static SyntaxTree Parse(string file, string text) => CSharpSyntaxTree.ParseText(Usings + text, ParseOptions, file, Encoding.UTF8);

    private static string Marked(int type, int edit)
    {
        var text = new StringBuilder($"public static class Work{type}\n{{\n");
        for (var method = 0; method < MethodsOfType; method++)
        {
            text.AppendLine($$"""
                    /// <summary>Does some work.</summary>
                    [Flame(Pool = "pool{{(method == 3 ? edit : 0)}}")]
                    public static async Task<List<string>> Method{{method}}Async(int count, string name, Dictionary<string, double>? weights = null, CancellationToken ct = default)
                    {
                        await Task.Delay(count, ct);
                        var words = new List<string>();
                        for (var i = 0; i < count; i++) words.Add(name + weights?.Count);
                        return words;
                    }

                """);
        }

        return text.Append('}').ToString();
    }

    private static string Calls(int type)
    {
        var text = new StringBuilder($"public static class Calls{type}\n{{\n");
        for (var method = 0; method < MethodsOfType; method++)
        {
            text.AppendLine($$"""
                    public static async Task<int> Call{{method}}Async(string name, CancellationToken ct)
                    {
                        var words = await Work{{type}}.Method{{method}}Async(name.Trim().Length, name.ToUpperInvariant(), ct: ct);
                        foreach (var word in words) Console.WriteLine(string.Join(' ', word.Split(',')));
                        return words.Count;
                    }

                """);
        }

        return text.Append('}').ToString();
    }

    private static string Elsewhere(int member, int statement) => $$"""
        public static class Elsewhere
        {
            public static int Member{{member}}(int number)
            {
                return number + {{statement}};
            }
        }
        """;

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "MemoryPack.Core.dll" or "Flame.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
}
