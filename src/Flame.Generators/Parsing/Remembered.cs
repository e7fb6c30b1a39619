using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Flame.Generators.Parsing;

/// <summary>
/// What was read of the nodes of a file, for as long as neither the file nor the <see cref="Surface"/> of its compilation changes. The
/// compiler asks for each node again after every edit, wherever it was; to bind them all would cost as much as it does to compile.
/// </summary>
internal sealed class Remembered<T>
{
    private readonly ConditionalWeakTable<SyntaxTree, Tree> _trees = new();

    public T Of(SyntaxNode node, SemanticModel model, Func<T> read)
    {
        var (surface, tree) = (Surface.Of(model.Compilation), _trees.GetOrCreateValue(node.SyntaxTree));
        var known = tree.Known;
        if (known is null || !known.Surface.IsSame(surface)) tree.Known = known = new Known(surface);
        if (known.Nodes.TryGetValue(node.Span, out var value)) return value;
        return known.Nodes[node.Span] = read();
    }

    private sealed class Tree
    {
        public Known? Known { get; set; }
    }

    private sealed class Known(Surface surface)
    {
        public Surface Surface { get; } = surface;

        public ConcurrentDictionary<TextSpan, T> Nodes { get; } = new();
    }
}
