using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flame.Generators.Parsing;

/// <summary>Whether a reference to a variable gives it another value.</summary>
internal static class Writes
{
    public static bool Is(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        ITupleOperation tuple => IsTarget(tuple),
        // A part of a value is a part of the variable.
        IMemberReferenceOperation member when member.Instance == reference && reference.Type is { IsValueType: true } => Is(member),
        _ => false,
    };

    private static bool IsTarget(IOperation tuple) => tuple.Parent switch
    {
        IDeconstructionAssignmentOperation assignment => assignment.Target == tuple,
        ITupleOperation outer => IsTarget(outer),
        _ => false,
    };
}
