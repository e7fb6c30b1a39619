using System.Collections.Concurrent;
using System.Collections.Immutable;
using Flame.Generators.Model;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Flame.Generators.Analysis;

/// <summary>What can only be judged when the whole compilation has been seen: ids, pool names, dynamic calls. Thread-safe.</summary>
internal sealed class Survey
{
    /// <summary>The property of FLM0110 with the names that a code fix can offer.</summary>
    internal const string DeclaredPools = nameof(DeclaredPools);

    /// <summary>The property of FLM0109 with a name that no method has.</summary>
    internal const string FreeName = nameof(FreeName);

    internal const string Separator = ", ";

    private readonly ConcurrentBag<(IMethodSymbol Symbol, MethodModel Model)> _methods = [];
    private readonly ConcurrentBag<(string Name, Location Location)> _dynamicCalls = [];
    private readonly ConcurrentDictionary<string, bool> _pools = new(StringComparer.OrdinalIgnoreCase);
    private volatile bool _poolsAreOpen;

    public void AddMethod(IMethodSymbol symbol, MethodModel model) => _methods.Add((symbol, model));

    /// <summary><c>AddPool("name", …)</c>; a name that is not a constant makes every name possible.</summary>
    public void AddPoolDeclaration(IInvocationOperation call)
    {
        if (call.TargetMethod is not { Name: "AddPool", ContainingNamespace.Name: "Flame" } method
            || method.Parameters.FirstOrDefault()?.Type.SpecialType != SpecialType.System_String) return;

        var argument = call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0);
        if (argument?.Value.ConstantValue is { HasValue: true, Value: string name }) _pools[name] = true;
        else _poolsAreOpen = true;
    }

    public void AddDynamic(IDynamicInvocationOperation call)
    {
        if (call.Operation is IDynamicMemberReferenceOperation member) _dynamicCalls.Add((member.MemberName, call.Syntax.GetLocation()));
    }

    public void Report(CompilationAnalysisContext context)
    {
        ReportCollisions(context);
        ReportUnknownPools(context);
        ReportDynamicCalls(context);
    }

    private void ReportCollisions(CompilationAnalysisContext context)
    {
        var taken = new HashSet<ulong>(_methods.Select(m => m.Model.Id));
        foreach (var same in _methods.OrderBy(m => m.Model.Signature, StringComparer.Ordinal).GroupBy(m => m.Model.Id))
        {
            foreach (var (symbol, _) in same.Skip(1))
            {
                var name = $"{symbol.ContainingType.Name}.{symbol.Name}";
                var forTheFix = ImmutableDictionary<string, string?>.Empty.Add(FreeName, taken.Add(FlameParser.IdOf(name)) ? name : null);
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.IdCollision, symbol.Locations[0], forTheFix, Display.Short(symbol), Display.Short(same.First().Symbol)));
            }
        }
    }

    private void ReportUnknownPools(CompilationAnalysisContext context)
    {
        if (_poolsAreOpen || _pools.IsEmpty) return;
        var declared = string.Join(Separator, _pools.Keys.Append(KnownNames.DefaultPool).Distinct().OrderBy(p => p, StringComparer.Ordinal));
        var forTheFix = ImmutableDictionary<string, string?>.Empty.Add(DeclaredPools, declared);
        foreach (var (symbol, model) in _methods)
        {
            if (!model.Pool.Equals(KnownNames.DefaultPool, StringComparison.OrdinalIgnoreCase) && !_pools.ContainsKey(model.Pool))
                context.ReportDiagnostic(Diagnostic.Create(Rules.UnknownPool, symbol.Locations[0], forTheFix, Display.Short(symbol), model.Pool, declared));
        }
    }

    private void ReportDynamicCalls(CompilationAnalysisContext context)
    {
        foreach (var (name, location) in _dynamicCalls)
        {
            if (_methods.FirstOrDefault(m => m.Symbol.Name == name).Symbol is { } method)
                Report(context, Rules.Dynamic, location, Display.Short(method));
        }
    }

    private static void Report(CompilationAnalysisContext context, DiagnosticDescriptor rule, Location location, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));
}
