using Flame.Generators.Emit;
using Flame.Generators.Model;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Flame.Generators;

/// <summary>Wires the steps; contains no decisions.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class FlameGenerator : IIncrementalGenerator
{
    private static readonly Remembered<Parsed<MethodModel>> s_methods = new();
    private static readonly Remembered<BlockSiteModel?> s_blocks = new();
    private static readonly Remembered<CallSiteModel?> s_calls = new();

    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Not ForAttributeWithMetadataName, which binds the attributes of every marked method after every edit.
        var parsed = context.SyntaxProvider
            .CreateSyntaxProvider(FlameParser.MayBeMarked, static (c, ct) => s_methods.Of(c.Node, c.SemanticModel, () => Steps.ParseMethod(c, ct)));
        var methods = parsed.Select(static (p, _) => p.Model).Where(static m => m is not null).WithTrackingName(TrackingNames.Methods);
        var hooks = Hooks(context, KnownNames.Enter, true).Collect().Combine(Hooks(context, KnownNames.Exit, false).Collect())
            .Select(static (both, _) => Steps.OrderHooks(both.Left, both.Right)).WithTrackingName(TrackingNames.Hooks);
        var surroundings = context.CompilationProvider
            .Select(static (c, _) => SurroundingsReader.Read(c)).WithTrackingName(TrackingNames.Surroundings);

        var types = methods.Collect().Select(static (m, _) => Steps.GroupByType(m));
        context.RegisterSourceOutput(
            types.SelectMany(static (t, _) => t).WithTrackingName(TrackingNames.Types), static (c, type) => Steps.EmitType(c, type));

        var assembly = context.CompilationProvider.Select(static (c, _) => c.AssemblyName ?? "Assembly");
        var blockSites = context.SyntaxProvider
            .CreateSyntaxProvider(BlockParser.MayBeBlock, static (c, ct) => s_blocks.Of(c.Node, c.SemanticModel, () => BlockParser.Parse(c, ct)))
            .Where(static s => s is not null).WithTrackingName(TrackingNames.BlockSites);
        var blocks = blockSites.Collect().Combine(assembly)
            .Select(static (both, _) => Steps.BlocksOf(both.Left, both.Right)).WithTrackingName(TrackingNames.Blocks);
        context.RegisterSourceOutput(blocks, static (c, model) => Steps.EmitBlocks(c, model));

        var placed = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.FlameObject, static (_, _) => true, static (c, _) => c.TargetSymbol is INamedTypeSymbol type ? PlacedParser.Parse(type).Model : null)
            .Where(static t => t is not null).WithTrackingName(TrackingNames.Placed);
        context.RegisterSourceOutput(placed, static (c, type) => Steps.EmitPlaced(c, type!));

        var rows = types.Select(static (t, _) => Steps.RowsOf(t)).Combine(blocks.Select(static (b, _) => Steps.RowsOf(b))).Combine(placed.Collect().Select(static (t, _) => Steps.PlacedRowsOf(t)))
            .Select(static (all, _) => all.Left.Left.Concat(all.Left.Right).Concat(all.Right).ToEquatableArray());
        var injections = context.SyntaxProvider
            .CreateSyntaxProvider(InjectionParser.MayBeCall, static (c, ct) => InjectionParser.Parse(c, ct)!)
            .Where(static i => i is not null).Collect()
            .Select(static (i, _) => Steps.Distinct(i)).WithTrackingName(TrackingNames.Injections);
        context.RegisterSourceOutput(injections.SelectMany(static (i, _) => i), static (c, injection) => Steps.EmitInjection(c, injection));

        var registry = rows.Combine(hooks).Combine(surroundings).Combine(injections)
            .Select(static (all, _) => new RegistryModel(all.Left.Right, all.Left.Left.Left, all.Left.Left.Right, all.Right)).WithTrackingName(TrackingNames.Registry);
        context.RegisterSourceOutput(registry, static (c, model) => Steps.EmitRegistry(c, model));

        var intercepts = context.AnalyzerConfigOptionsProvider.Select(static (o, _) => Steps.WantsInterception(o));
        var callSites = context.SyntaxProvider
            .CreateSyntaxProvider(CallSiteParser.MayBeCall, static (c, ct) => s_calls.Of(c.Node, c.SemanticModel, () => CallSiteParser.Parse(c, ct)))
            .Where(static s => s is not null).WithTrackingName(TrackingNames.CallSites);
        var calls = callSites.Collect().Combine(intercepts)
            .Select(static (both, _) => both.Right ? both.Left.OfType<CallSiteModel>().ToEquatableArray() : EquatableArray<CallSiteModel>.Empty);
        context.RegisterSourceOutput(
            calls.Combine(blockSites.Collect()).Combine(assembly)
                .Select(static (all, _) => new InterceptorsModel(all.Right, all.Left.Left, all.Left.Right.OfType<BlockSiteModel>().ToEquatableArray()))
                .WithTrackingName(TrackingNames.Interceptors),
            static (c, model) => Steps.EmitInterceptors(c, model));

        context.RegisterSourceOutput(parsed.Where(static p => p.Crash is not null), static (c, p) => Steps.ReportCrash(c, p.Crash!));
    }

    private static IncrementalValuesProvider<HookModel> Hooks(
        IncrementalGeneratorInitializationContext context, string attribute, bool isEnter) =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(
                attribute, static (_, _) => true,
                (c, _) => c.TargetSymbol is IMethodSymbol method ? HookParser.Parse(method, isEnter).Model : null)
            .Where(static h => h is not null)!;
}
