using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flame.Generators.Parsing;

/// <summary>A lambda that does nothing but call a method with what it has: <c>(video, ct) => CutAsync(video, length, ct)</c>.</summary>
internal static class OnlyCall
{
    /// <returns>The method; <see langword="null"/> where anything else happens, for nobody has said that this may happen twice.</returns>
    public static IMethodSymbol? Of(IOperation block) =>
        block is IAnonymousFunctionOperation { Body.Operations: { IsEmpty: false } operations } && operations.Skip(1).All(o => o.IsImplicit)
        && Called(operations[0]) is { } call && call.Arguments.All(argument => IsAtHand(argument.Value)) && (call.Instance is null || IsAtHand(call.Instance))
            ? call.TargetMethod
            : null;

    private static IInvocationOperation? Called(IOperation? operation) => operation switch
    {
        IInvocationOperation call => call,
        IReturnOperation { ReturnedValue: var value } => Called(value),
        IExpressionStatementOperation { Operation: var value } => Called(value),
        IAwaitOperation { Operation: var value } => Called(value),
        IConversionOperation { OperatorMethod: null, Operand: var value } => Called(value),
        _ => null,
    };

    private static bool IsAtHand(IOperation value) => value.DescendantsAndSelf().All(o => o switch
    {
        IConversionOperation conversion => conversion.OperatorMethod is null,
        IPropertyReferenceOperation property => property.Arguments.IsEmpty,
        IParameterReferenceOperation or ILocalReferenceOperation or IFieldReferenceOperation or IInstanceReferenceOperation or ILiteralOperation or IDefaultValueOperation => true,
        _ => false,
    });
}
