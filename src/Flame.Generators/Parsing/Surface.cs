using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Flame.Generators.Parsing;

/// <summary>
/// What one file of a compilation can see of all others: everything but the bodies of methods, as a checksum. While it stays, what was
/// read of a file that has stayed is still true. Also, by name, the methods that may be marked: no other call need be bound.
/// </summary>
internal sealed class Surface
{
    private static readonly ConditionalWeakTable<Compilation, Surface> s_ofCompilations = new();
    private static readonly ConditionalWeakTable<SyntaxTree, OfTree> s_ofTrees = new();
    private static readonly ConditionalWeakTable<IAssemblySymbol, string[]> s_members = new();
    private static readonly ConditionalWeakTable<object, string> s_names = new();
    private static int s_lastName;

    private readonly string _checksum;
    private readonly HashSet<string> _names;

    private Surface(string checksum, HashSet<string> names) => (_checksum, _names) = (checksum, names);

    public static Surface Of(Compilation compilation) => s_ofCompilations.GetValue(compilation, Read);

    public bool IsSame(Surface other) => ReferenceEquals(this, other) || _checksum == other._checksum;

    /// <summary>Whether a method of this name can have a mark.</summary>
    public bool MayBeMarked(string name) => _names.Contains(name);

    private static Surface Read(Compilation compilation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var sha = SHA256.Create();
        Add(sha, compilation.AssemblyName + "/" + Name(compilation.Options));
        foreach (var reference in compilation.References) Add(sha, "/" + Name(reference));
        foreach (var tree in compilation.SyntaxTrees)
        {
            var read = s_ofTrees.GetValue(tree, Read);
            sha.TransformBlock(read.Checksum, 0, read.Checksum.Length, null, 0);
            names.UnionWith(read.Names);
        }

        // Seldom more than a handful has marked methods; which of theirs, their attributes would tell more slowly than it is worth.
        var contract = compilation.GetTypeByMetadataName(KnownNames.Methods)?.ContainingAssembly.Identity;
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
            names.UnionWith(s_members.GetValue(assembly, a => SurroundingsReader.HasRegistry(a, contract) ? [.. MembersOf(a.GlobalNamespace).Distinct()] : []));

        sha.TransformFinalBlock([], 0, 0);
        return new Surface(Convert.ToBase64String(sha.Hash), names);
    }

    private static OfTree Read(SyntaxTree tree)
    {
        using var sha = SHA256.Create();
        var options = (CSharpParseOptions)tree.Options;
        Add(sha, $"{options.LanguageVersion} {string.Join(";", options.Features.Select(f => f.Key + "=" + f.Value).OrderBy(f => f, StringComparer.Ordinal))} ");
        var text = tree.GetText();
        var (from, root) = (0, tree.GetRoot());
        foreach (var body in Bodies(root))
        {
            Add(sha, text.ToString(TextSpan.FromBounds(from, body.Start)));
            from = body.End;
        }

        Add(sha, text.ToString(TextSpan.FromBounds(from, text.Length)));
        sha.TransformFinalBlock([], 0, 0);
        return new OfTree(sha.Hash, [.. NamesIn(root).Distinct()]);
    }

    private static IEnumerable<string> NamesIn(SyntaxNode root) =>
        root.DescendantNodes(static n => n is not BaseMethodDeclarationSyntax).OfType<MethodDeclarationSyntax>()
            .Where(m => FlameParser.MayBeMarked(m, default)).Select(m => m.Identifier.ValueText);

    private static IEnumerable<string> MembersOf(INamespaceOrTypeSymbol container)
    {
        IEnumerable<INamespaceOrTypeSymbol> inner = container is INamespaceSymbol space ? space.GetMembers() : container.GetTypeMembers();
        return inner.SelectMany(MembersOf).Concat(container is INamedTypeSymbol type ? type.MemberNames : []);
    }

    private static IEnumerable<TextSpan> Bodies(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodes(static n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or ClassDeclarationSyntax))
        {
            // A body tells what fields its type has, where it uses a parameter of a primary constructor. (That of a property always can.)
            if (node is not BaseMethodDeclarationSyntax { Parent: ClassDeclarationSyntax { ParameterList: null } } method) continue;
            if (method.Body is { ContainsDirectives: false, OpenBraceToken: { IsMissing: false } open, CloseBraceToken: { IsMissing: false } close })
                yield return TextSpan.FromBounds(open.Span.End, close.SpanStart);
            else if (method.ExpressionBody is { ContainsDirectives: false, ContainsDiagnostics: false, Expression: var expression })
                yield return expression.Span;
        }
    }

    // Options and references have no contents to compare; they are the same as long as they are the same object.
    private static string Name(object one) => s_names.GetValue(one, static _ => Interlocked.Increment(ref s_lastName).ToString());

    private static void Add(HashAlgorithm sha, string text)
    {
        var bytes = Encoding.Unicode.GetBytes(text);
        sha.TransformBlock(bytes, 0, bytes.Length, null, 0);
    }

    private sealed class OfTree(byte[] checksum, string[] names)
    {
        public byte[] Checksum => checksum;

        public string[] Names => names;
    }
}
