using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>The return types that can stand for something that happens elsewhere.</summary>
internal static class ReturnShapes
{
    public static (ReturnShape? Shape, ITypeSymbol? Result) Of(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named) return (null, null);
        return KnownNames.MetadataNameOf(named.OriginalDefinition) switch
        {
            "System.Threading.Tasks.Task" => (ReturnShape.Task, null),
            "System.Threading.Tasks.Task`1" => (ReturnShape.TaskOf, named.TypeArguments[0]),
            "System.Threading.Tasks.ValueTask" => (ReturnShape.ValueTask, null),
            "System.Threading.Tasks.ValueTask`1" => (ReturnShape.ValueTaskOf, named.TypeArguments[0]),
            "System.Collections.Generic.IAsyncEnumerable`1" => (ReturnShape.Stream, named.TypeArguments[0]),
            _ => (null, null),
        };
    }
}
