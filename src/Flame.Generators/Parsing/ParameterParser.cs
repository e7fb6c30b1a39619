using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>What becomes of each parameter of a marked method.</summary>
internal sealed class ParameterParser(IMethodSymbol method, List<Finding> findings)
{
    public EquatableArray<ParameterModel> Read()
    {
        var models = new List<ParameterModel>();
        foreach (var parameter in method.Parameters)
        {
            if (ReadOne(parameter) is not { } model) continue;
            if (model.Role == ParameterRole.Cancellation && models.Any(m => m.Role == ParameterRole.Cancellation))
                Report(Rules.SecondToken, parameter, parameter.Name);
            models.Add(model);
        }

        return models.ToEquatableArray();
    }

    private ParameterModel? ReadOne(IParameterSymbol parameter)
    {
        if (!CanStandElsewhere(parameter)) return Report(Rules.ByReference, parameter, parameter.Name, Display.Short(parameter.Type));
        if (IsCancellationToken(parameter.Type)) return Make(parameter, ParameterRole.Cancellation, null);
        if (IsService(parameter)) return Make(parameter, ParameterRole.Service, null);

        if (LiveTypes.Of(parameter.Type) is var (role, element))
            return element is null ? Make(parameter, role, PayloadModel.OfLive) : ReadElement(parameter, role, element);
        if (LiveTypes.IsNotYetBridged(parameter.Type)) return Report(Rules.NotYetBridged, parameter, parameter.Name, Display.Short(parameter.Type));

        var rules = new PayloadRules();
        if (rules.Read(parameter.Type, parameter.Name) is { } payload) return Make(parameter, ParameterRole.Payload, payload);
        findings.Add(rules.Obstacle!.ToFinding(Rules.ArgumentNotSerializable, parameter.Locations.FirstOrDefault(), Display.Short(method)));
        return null;
    }

    private ParameterModel? ReadElement(IParameterSymbol parameter, ParameterRole role, ITypeSymbol element)
    {
        var rules = new PayloadRules();
        if (rules.Read(element, parameter.Name + "[]") is { } payload) return Make(parameter, role, PayloadModel.OfLive, payload);
        findings.Add(rules.Obstacle!.ToFinding(Rules.ArgumentNotSerializable, parameter.Locations.FirstOrDefault(), Display.Short(method)));
        return null;
    }

    public static ParameterModel Make(IParameterSymbol parameter, ParameterRole role, PayloadModel? payload, PayloadModel? element = null) => new(
        Display.Identifier(parameter.Name),
        Display.Declaration(parameter),
        Display.Type(parameter.Type),
        Display.Unannotated(parameter.Type),
        role,
        payload,
        parameter.NullableAnnotation == NullableAnnotation.Annotated
        || parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: null },
        element,
        KnownNames.AttributeOf(parameter, KnownNames.Hidden) is not null || SecretNames.Holds(parameter.Name));

    public static bool IsCancellationToken(ITypeSymbol type) => KnownNames.Is(type, "System.Threading.CancellationToken");

    // A by-reference parameter, a span or a pointer names a place in this process.
    public static bool CanStandElsewhere(IParameterSymbol parameter) =>
        parameter.RefKind == RefKind.None && parameter.Type is { IsRefLikeType: false, TypeKind: not (TypeKind.Pointer or TypeKind.FunctionPointer) };

    private static bool IsService(IParameterSymbol parameter) =>
        KnownNames.AttributeOf(parameter, KnownNames.FromServices) is not null
        || KnownNames.AttributeOf(parameter, KnownNames.MvcFromServices) is not null;

    private ParameterModel? Report(DiagnosticDescriptor rule, IParameterSymbol parameter, params object[] arguments)
    {
        findings.Add(new Finding(rule, parameter.Locations.FirstOrDefault(), [Display.Short(method), .. arguments]));
        return null;
    }
}
