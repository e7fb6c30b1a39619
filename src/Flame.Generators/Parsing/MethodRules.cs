using Flame.Generators.Analysis;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>May a method of this form run elsewhere at all; parameters and results are judged apart.</summary>
internal static class MethodRules
{
    public static IEnumerable<Finding> Check(IMethodSymbol method)
    {
        var name = Display.Short(method);
        var location = method.Locations.FirstOrDefault();

        if (method.MethodKind == MethodKind.LocalFunction)
        {
            yield return new Finding(Rules.LocalFunction, location, name);
            yield break;
        }

        if (IsOpen(method)) yield return new Finding(Rules.OpenMethod, location, name);
        else if (!method.IsStatic && method.ContainingType.TypeKind != TypeKind.Class)
            yield return new Finding(Rules.Receiver, location, name, Display.Short(method.ContainingType));

        if (IsGeneric(method)) yield return new Finding(Rules.Generic, location, name);
        if (!Visibility.IsReachable(method)) yield return new Finding(Rules.Unreachable, location, name);
    }

    // What runs for these is decided at run time, by the receiver; the executor has only the declaration.
    private static bool IsOpen(IMethodSymbol method) =>
        method.IsAbstract || method.IsVirtual || method.IsOverride || method.IsExtern
        || method.MethodKind != MethodKind.Ordinary
        || method.ContainingType.TypeKind == TypeKind.Interface
        || !method.ContainingType.CanBeReferencedByName;

    private static bool IsGeneric(IMethodSymbol method)
    {
        if (method.IsGenericMethod) return true;
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsGenericType) return true;
        }

        return false;
    }
}
