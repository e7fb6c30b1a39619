using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;

/// <summary>An assembly, or why there is none.</summary>
/// <param name="Image">The assembly; empty: there is none.</param>
/// <param name="Symbols">Its portable symbols.</param>
/// <param name="Types">The names of its types.</param>
/// <param name="Problems">What the compiler said.</param>
internal sealed record Compiled(byte[] Image, byte[] Symbols, string[] Types, string[] Problems);

/// <summary>The C# compiler with the source generators of this program's own build.</summary>
internal sealed class Compiler
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks; global using Flame;
        """;

    private static readonly CSharpParseOptions s_parse =
        new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["NET", "NET7_0_OR_GREATER", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER"])
            .WithFeatures([new("InterceptorsNamespaces", "Flame.Generated")]);

    private readonly MetadataReference[] _program =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    private readonly ISourceGenerator[] _generators =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "generators")).SelectMany(path => new AnalyzerFileReference(path, new Loader()).GetGenerators(LanguageNames.CSharp))];

    public Compiled Compile(string name, string source, IEnumerable<MetadataReference> references)
    {
        var cell = CSharpSyntaxTree.ParseText(InOrder(source), s_parse, path: name, System.Text.Encoding.UTF8);
        var members = cell.GetCompilationUnitRoot().Members;
        var hasStatements = members.OfType<GlobalStatementSyntax>().Any();
        var compilation = CSharpCompilation.Create(
            name, [CSharpSyntaxTree.ParseText(Usings, s_parse), cell], [.. _program, .. references],
            new CSharpCompilationOptions(hasStatements ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(_generators, parseOptions: s_parse).RunGeneratorsAndUpdateCompilation(compilation, out var complete, out var said);
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = complete.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        var problems = said.Concat(result.Diagnostics).Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()).ToArray();
        string[] types = [.. members.OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text)];
        return problems.Length == 0 ? new Compiled(image.ToArray(), symbols.ToArray(), types, []) : new Compiled([], [], types, problems);
    }

    // Who types says what there is before using it; the language wants statements first.
    private static string InOrder(string source)
    {
        var root = CSharpSyntaxTree.ParseText(source, s_parse).GetCompilationUnitRoot();
        var members = root.Members.OrderBy(member => member is not GlobalStatementSyntax)
            .Select(member => $"#line {member.SyntaxTree.GetLineSpan(member.FullSpan).StartLinePosition.Line + 1}\n{member.ToFullString()}");
        return $"{root.Usings.ToFullString()}\n{string.Join('\n', members)}";
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
