using System.Collections.Immutable;
using Flame.Generators.Analysis;
using Flame.Generators.Emit;
using Flame.Generators.Model;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Flame.Generators;

/// <summary>The steps of the pipeline, each a pure function of its input.</summary>
internal static class Steps
{
    public static Parsed<MethodModel> ParseMethod(GeneratorSyntaxContext context, CancellationToken ct) =>
        context.SemanticModel.GetDeclaredSymbol(context.Node, ct) is IMethodSymbol method && FlameParser.IsMarkedAt(method, context.Node)
            ? Guarded(method, static m => FlameParser.Parse(m).Model)
            : new Parsed<MethodModel>(null, null);

    /// <summary>Our own failure becomes a diagnostic at the one method it concerns.</summary>
    public static Parsed<MethodModel> Guarded(IMethodSymbol method, Func<IMethodSymbol, MethodModel?> parse)
    {
        try
        {
            return new Parsed<MethodModel>(parse(method), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new Parsed<MethodModel>(null, new CrashModel(PlaceOf(method), Display.Short(method), e.Message));
        }
    }

    public static EquatableArray<TypeModel> GroupByType(ImmutableArray<MethodModel?> methods) =>
        methods.OfType<MethodModel>()
            .GroupBy(m => m.Type)
            .OrderBy(g => g.Key.FullName, StringComparer.Ordinal)
            .Select(g => new TypeModel(
                g.Key,
                g.OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Signature, StringComparer.Ordinal).ToEquatableArray()))
            .ToEquatableArray();

    public static EquatableArray<RegistryRow> RowsOf(EquatableArray<TypeModel> types) =>
        types.SelectMany(t => t.Methods.Select(m => new RegistryRow(t.Name.MethodsClass, Names.CallClass(t, m) + ".Row")))
            .ToEquatableArray();

    public static EquatableArray<RegistryRow> RowsOf(BlocksModel blocks) =>
        blocks.Blocks.Select(b => new RegistryRow(Names.Blocks(blocks.Assembly), b.Name + ".Row")).ToEquatableArray();

    public static EquatableArray<RegistryRow> PlacedRowsOf(ImmutableArray<TypeModel?> types) =>
        types.OfType<TypeModel>().OrderBy(t => t.Name.FullName, StringComparer.Ordinal)
            .SelectMany(t => t.Methods.Select(m => new RegistryRow(Names.PlacedMethods(t.Name), Names.CallClass(t, m) + ".Row"))).ToEquatableArray();

    public static void EmitPlaced(SourceProductionContext context, TypeModel type)
    {
        var name = type.Name.FullName.Replace("global::", "").Replace("@", "");
        context.AddSource(name + ".Handle.g.cs", PlacedEmitter.EmitHandle(type));
        context.AddSource(name + ".Placed.g.cs", PlacedEmitter.EmitMethods(type));
    }

    public static BlocksModel BlocksOf(ImmutableArray<BlockSiteModel?> sites, string assembly) => new(
        assembly, sites.OfType<BlockSiteModel>().Select(s => s.Block).OrderBy(b => b.Name, StringComparer.Ordinal).ToEquatableArray());

    public static EquatableArray<HookModel> OrderHooks(ImmutableArray<HookModel> enter, ImmutableArray<HookModel> exit) =>
        enter.Concat(exit).OrderBy(h => h.Order, StringComparer.Ordinal).ToEquatableArray();

    public static EquatableArray<InjectionModel> Distinct(ImmutableArray<InjectionModel> injections) =>
        injections.Distinct().OrderBy(i => i.Name, StringComparer.Ordinal).ToEquatableArray();

    public static void EmitInjection(SourceProductionContext context, InjectionModel injection) =>
        context.AddSource($"Flame.Injected.{injection.Name}.g.cs", InjectionEmitter.Emit(injection));

    public static bool WantsInterception(AnalyzerConfigOptionsProvider options) =>
        !options.GlobalOptions.TryGetValue("build_property.FlameIntercept", out var value)
        || !string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);

    public static void EmitType(SourceProductionContext context, TypeModel type)
    {
        // Metadata names, so that they stay what they are however the order or the files change.
        var name = type.Name.FullName.Replace("global::", "").Replace("@", "");
        context.AddSource(name + ".Proxy.g.cs", ProxyEmitter.Emit(type));
        context.AddSource(name + ".Methods.g.cs", MethodsEmitter.Emit(type));
    }

    public static void EmitRegistry(SourceProductionContext context, RegistryModel model)
    {
        if (model.Rows.Count + model.Hooks.Count + model.Surroundings.Registries.Count + model.Injections.Count == 0) return;
        context.AddSource("Flame.Registry.g.cs", RegistryEmitter.Emit(model));
    }

    public static void EmitBlocks(SourceProductionContext context, BlocksModel model)
    {
        if (model.Blocks.Count > 0) context.AddSource("Flame.Blocks.g.cs", BlockEmitter.Emit(model.Assembly, model.Blocks));
    }

    public static void EmitInterceptors(SourceProductionContext context, InterceptorsModel model)
    {
        if (model.Calls.Count + model.Blocks.Count > 0)
            context.AddSource("Flame.Interceptors.g.cs", InterceptorEmitter.Emit(model.Assembly, model.Calls, model.Blocks));
    }

    public static void ReportCrash(SourceProductionContext context, CrashModel crash)
    {
        var place = crash.Place;
        var location = Location.Create(
            place.Path,
            new TextSpan(place.Start, place.Length),
            new LinePositionSpan(new LinePosition(place.StartLine, place.StartColumn), new LinePosition(place.EndLine, place.EndColumn)));
        context.ReportDiagnostic(Diagnostic.Create(Rules.Crash, location, crash.Method, crash.Message));
    }

    private static Place PlaceOf(ISymbol symbol)
    {
        var location = symbol.Locations.First();
        var span = location.GetLineSpan();
        return new Place(
            span.Path, location.SourceSpan.Start, location.SourceSpan.Length,
            span.StartLinePosition.Line, span.StartLinePosition.Character, span.EndLinePosition.Line, span.EndLinePosition.Character);
    }
}
