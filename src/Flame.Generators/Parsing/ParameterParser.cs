using Flame.Generators.Analysis;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>What becomes of each parameter of a marked method.</summary>
internal sealed class ParameterParser(IMethodSymbol method, List<Finding> findings)
{
    private static readonly string[] NotYetBridged =
    [
        "System.IO.Stream",
        "System.IO.Pipelines.PipeReader", "System.IO.Pipelines.PipeWriter", "System.Threading.Channels.ChannelReader`1",
        "System.Threading.Channels.ChannelWriter`1", "System.Threading.Channels.Channel`1", "System.Threading.Channels.Channel`2",
    ];

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
        if (KnownNames.Is(parameter.Type, "System.IO.Stream")) return Make(parameter, ParameterRole.Stream, PayloadModel.OfLive);
        if (ReadSequence(parameter) is var (role, element))
            return Sent(parameter, element, "[]") is { } sent ? Make(parameter, role, PayloadModel.OfLive, sent) : null;
        if (IsNotYetBridged(parameter.Type)) return Report(Rules.NotYetBridged, parameter, parameter.Name, Display.Short(parameter.Type));
        return Sent(parameter, parameter.Type) is { } payload ? Make(parameter, ParameterRole.Payload, payload) : null;
    }

    private PayloadModel? Sent(IParameterSymbol parameter, ITypeSymbol type, string within = "")
    {
        var rules = new PayloadRules();
        var payload = rules.Read(type, parameter.Name + within);
        if (payload is null) findings.Add(rules.Obstacle!.ToFinding(Rules.ArgumentNotSerializable, parameter.Locations.FirstOrDefault(), Display.Short(method)));
        return payload;
    }

    private static (ParameterRole Role, ITypeSymbol Element)? ReadSequence(IParameterSymbol parameter) =>
        parameter.Type is INamedTypeSymbol { TypeArguments.Length: 1 } type
            ? KnownNames.MetadataNameOf(type.OriginalDefinition) switch
            {
                "System.IProgress`1" => (ParameterRole.Progress, type.TypeArguments[0]),
                "System.Collections.Generic.IAsyncEnumerable`1" => (ParameterRole.Items, type.TypeArguments[0]),
                _ => null,
            }
            : null;

    public static ParameterModel Make(IParameterSymbol parameter, ParameterRole role, PayloadModel? payload, PayloadModel? element = null) => new(
        Display.Identifier(parameter.Name),
        Display.Declaration(parameter),
        Display.Type(parameter.Type),
        Display.Unannotated(parameter.Type),
        role,
        payload,
        parameter.NullableAnnotation == NullableAnnotation.Annotated
        || parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: null },
        element);

    public static bool IsCancellationToken(ITypeSymbol type) => KnownNames.Is(type, "System.Threading.CancellationToken");

    // A by-reference parameter, a span or a pointer names a place in this process.
    public static bool CanStandElsewhere(IParameterSymbol parameter) =>
        parameter.RefKind == RefKind.None && parameter.Type is { IsRefLikeType: false, TypeKind: not (TypeKind.Pointer or TypeKind.FunctionPointer) };

    private static bool IsService(IParameterSymbol parameter) =>
        KnownNames.AttributeOf(parameter, KnownNames.FromServices) is not null
        || KnownNames.AttributeOf(parameter, KnownNames.MvcFromServices) is not null;

    private static bool IsNotYetBridged(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (NotYetBridged.Contains(KnownNames.MetadataNameOf(current.OriginalDefinition))) return true;
        }

        return false;
    }

    private ParameterModel? Report(DiagnosticDescriptor rule, IParameterSymbol parameter, params object[] arguments)
    {
        findings.Add(new Finding(rule, parameter.Locations.FirstOrDefault(), [Display.Short(method), .. arguments]));
        return null;
    }
}
