using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flame.Generators.Parsing;

/// <summary>One thing that a block uses of its surroundings.</summary>
/// <param name="Place">Where the runtime finds it.</param>
/// <param name="Name">As the user would write it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Use">The first use.</param>
/// <param name="Write">The first place where it is given another value, if there is one.</param>
internal sealed record Capture(string Place, string Name, ITypeSymbol Type, IOperation Use, IOperation? Write);

/// <summary>
/// Finds what a block uses of its surroundings: in its own body, and in those of the local functions that it calls. What
/// is declared inside any of these bodies is its own.
/// </summary>
internal sealed class BlockCaptures(SemanticModel model, CancellationToken ct)
{
    private readonly List<Capture> _captures = [];
    private readonly List<SyntaxNode> _bodies = [];
    private readonly HashSet<ISymbol> _functions = new(SymbolEqualityComparer.Default);

    /// <summary>A use of <c>this</c> as a whole: to call a method of it, or to hand it on.</summary>
    public IOperation? WholeThis { get; private set; }

    /// <summary>A use of <c>.Remote</c>, <c>.Local</c> or <c>.Cast</c>.</summary>
    public IOperation? GeneratedForm { get; private set; }

    public IReadOnlyList<Capture> Found => _captures;

    /// <summary>A block, or the body of a local function that one calls.</summary>
    public void Read(IOperation body)
    {
        _bodies.Add(body.Syntax);
        var functions = new List<IMethodSymbol>();
        ReadAll(body, functions);

        // Afterwards: only then is it known what the body itself declares.
        foreach (var function in functions) AddFunction(function);
    }

    private void ReadAll(IOperation operation, List<IMethodSymbol> functions)
    {
        // A name alone captures nothing.
        if (operation is INameOfOperation) return;
        ReadOne(operation, functions);
        foreach (var child in operation.ChildOperations) ReadAll(child, functions);
    }

    private void ReadOne(IOperation operation, List<IMethodSymbol> functions)
    {
        switch (operation)
        {
            case ILocalReferenceOperation { Local: { IsConst: false } local }:
                AddVariable(local, local.Type, operation);
                break;
            case IParameterReferenceOperation { Parameter: var parameter }:
                AddParameter(parameter, operation);
                break;
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }:
                AddThis(operation);
                break;
            case IPropertyReferenceOperation { Property: { Name: "Remote" or "Local" or "Cast" or "Spawn", Type.ContainingType: { } made } } when IsGenerated(made):
                GeneratedForm ??= operation;
                break;
            case IInvocationOperation { TargetMethod: { MethodKind: MethodKind.LocalFunction } called }:
                functions.Add(called);
                break;
            case IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } named }:
                functions.Add(named);
                break;
        }
    }

    /// <summary>A local function that the block is, or calls.</summary>
    public void AddFunction(IMethodSymbol function)
    {
        var definition = function.OriginalDefinition;
        if (!_functions.Add(definition) || !IsOutside(definition)) return;
        foreach (var reference in definition.DeclaringSyntaxReferences)
        {
            if (model.GetOperation(reference.GetSyntax(ct), ct) is ILocalFunctionOperation body) Read(body);
        }
    }

    private void AddParameter(IParameterSymbol parameter, IOperation use)
    {
        // The parameter of a primary constructor lives on in a field of its class.
        if (parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } && IsOutside(parameter)
            && use.SemanticModel?.GetEnclosingSymbol(use.Syntax.SpanStart, ct) is { } enclosing && !StandsIn(enclosing, parameter.ContainingSymbol))
            Add($"this.<{parameter.Name}>P", parameter.Name, parameter.Type, use);
        else AddVariable(parameter, parameter.Type, use);
    }

    private void AddVariable(ISymbol variable, ITypeSymbol type, IOperation use)
    {
        if (IsOutside(variable)) Add(variable.Name, variable.Name, type, use);
    }

    private void AddThis(IOperation use)
    {
        switch (use.Parent)
        {
            case IFieldReferenceOperation { Field: var field } reference when reference.Instance == use:
                Add("this." + field.Name, "this." + field.Name, field.Type, reference);
                break;
            case IPropertyReferenceOperation { Property: var property } reference when reference.Instance == use && BackingField(property) is { } backing:
                Add("this." + backing.Name, "this." + property.Name, property.Type, reference);
                break;
            default:
                WholeThis ??= use;
                break;
        }
    }

    private static bool IsGenerated(INamedTypeSymbol type) =>
        KnownNames.AttributeOf(type, "System.CodeDom.Compiler.GeneratedCodeAttribute")?.ConstructorArguments.FirstOrDefault().Value is KnownNames.Generator;

    private static IFieldSymbol? BackingField(IPropertySymbol property) =>
        property is { IsVirtual: false, IsOverride: false, IsAbstract: false }
            ? property.ContainingType.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property) && IsAuto(property))
            : null;

    // A property that names its field by the keyword 'field' has one too, and does more than to read it.
    private static bool IsAuto(IPropertySymbol property) => property.GetMethod?.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).All(s =>
        s is Microsoft.CodeAnalysis.CSharp.Syntax.AccessorDeclarationSyntax { Body: null, ExpressionBody: null }
            or Microsoft.CodeAnalysis.CSharp.Syntax.ParameterSyntax) == true;

    private void Add(string place, string name, ITypeSymbol type, IOperation use)
    {
        var write = Writes.Is(use) ? use : null;
        var index = _captures.FindIndex(c => c.Place == place);
        if (index < 0) _captures.Add(new Capture(place, name, type, use, write));
        else if (_captures[index].Write is null && write is not null) _captures[index] = _captures[index] with { Write = write };
    }

    private bool IsOutside(ISymbol symbol)
    {
        // 'args' of a program without a Main, and 'value' of a setter, are declared nowhere.
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            foreach (var body in _bodies)
            {
                if (body.SyntaxTree == reference.SyntaxTree && body.Span.Contains(reference.Span)) return false;
            }
        }

        return true;
    }

    private static bool StandsIn(ISymbol? inner, ISymbol outer)
    {
        for (var current = inner; current is not null; current = current.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(current, outer)) return true;
        }

        return false;
    }
}
