using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>A hook's symbol to its model.</summary>
internal static class HookParser
{
    public static ParseResult<HookModel> Parse(IMethodSymbol method, bool isEnter)
    {
        method = method.PartialDefinitionPart ?? method;
        var findings = MethodRules.Check(method).ToList();
        var shape = ReturnShapes.Of(method.ReturnType).Shape;
        var awaited = shape is ReturnShape.Task or ReturnShape.ValueTask;
        if (!awaited && !method.ReturnsVoid)
            findings.Add(Complain(method, $"it returns {Display.Short(method.ReturnType)} instead of Task, ValueTask or void"));
        if (method is { ReturnsVoid: true, IsAsync: true })
            findings.Add(Complain(method, "it is async void, which nobody can await"));
        foreach (var parameter in method.Parameters)
        {
            if (!ParameterParser.CanStandElsewhere(parameter) || (parameter.Type.IsValueType && !ParameterParser.IsCancellationToken(parameter.Type)))
                findings.Add(Complain(method, $"parameter '{parameter.Name}' ({Display.Short(parameter.Type)}) is neither a service nor a CancellationToken"));
        }

        if (findings.Count > 0) return new ParseResult<HookModel>(null, findings);
        var parameters = method.Parameters.Select(p => ParameterParser.Make(
            p, ParameterParser.IsCancellationToken(p.Type) ? ParameterRole.Cancellation : ParameterRole.Service, null));
        return new ParseResult<HookModel>(
            new HookModel(
                isEnter, Display.Unannotated(method.ContainingType), Display.Identifier(method.Name), method.IsStatic, awaited,
                Display.Signature(method), parameters.ToEquatableArray()),
            findings);
    }

    private static Finding Complain(IMethodSymbol method, string reason) =>
        new(Rules.Hook, method.Locations.FirstOrDefault(), Display.Short(method), reason);
}
