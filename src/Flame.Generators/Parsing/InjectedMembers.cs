using Flame.Generators.Emit;
using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>
/// What a proxy implements: all members of an interface and of those that it extends, but for those whose only body is the
/// interface's own. That one runs on the proxy, and what it calls there is remote.
/// </summary>
internal sealed class InjectedMembers
{
    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly List<InjectedMember> _all = [];

    public InjectedMembers(INamedTypeSymbol service, INamedTypeSymbol type, Compilation compilation)
    {
        (_type, _compilation) = (type, compilation);
        var declared = service.AllInterfaces.Insert(0, service).SelectMany(i => i.GetMembers().Select(m => (Interface: i, Member: m)));
        foreach (var (owner, member) in declared.OrderBy(d => Display.Oblivious(d.Interface), StringComparer.Ordinal))
        {
            if (Read(owner, member) is { } read) _all.Add(read);
            if (Obstacle is not null) return;
        }
    }

    public IEnumerable<InjectedMember> All => _all;

    public bool AnyMarked { get; private set; }

    /// <summary>Why there can be no proxy.</summary>
    public string? Obstacle { get; private set; }

    private InjectedMember? Read(INamedTypeSymbol owner, ISymbol member)
    {
        if (member is IMethodSymbol { MethodKind: not MethodKind.Ordinary } or INamedTypeSymbol or IFieldSymbol) return null;
        if (member.IsStatic || member is { IsAbstract: false, IsVirtual: false }) return null;
        if (_type.FindImplementationForInterfaceMember(member) is { ContainingType.TypeKind: TypeKind.Interface }) return null;
        if (!_compilation.IsSymbolAccessibleWithin(member, _compilation.Assembly)) return Refuse($"generated code cannot call '{Display.Short(member)}'");

        return member switch
        {
            IMethodSymbol method => Method(owner, method),
            IPropertySymbol property => new InjectedMember(
                property.IsIndexer ? InjectedKind.Indexer : InjectedKind.Property, Display.Oblivious(owner), Display.Identifier(property.Name),
                Returned(property.RefKind, property.Type), "", Parameters(property.Parameters, null), Accessors(property).ToEquatableArray(), null),
            IEventSymbol @event => new InjectedMember(
                InjectedKind.Event, Display.Oblivious(owner), Display.Identifier(@event.Name), Display.Oblivious(@event.Type), "",
                EquatableArray<InjectedParameter>.Empty, EquatableArray<string>.Empty, null),
            _ => null,
        };
    }

    private InjectedMember? Method(INamedTypeSymbol owner, IMethodSymbol method)
    {
        if (method.Parameters.Select(p => p.Type).Append(method.ReturnType).Any(t => t.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer))
            return Refuse($"'{Display.Short(method)}' has a pointer");

        var marked = _type.FindImplementationForInterfaceMember(method) is IMethodSymbol body && KnownNames.IsMarked(body) ? body : null;
        if (marked is not null && Remote(marked) is { } reason) return Refuse(reason);
        AnyMarked |= marked is not null;
        var remote = marked is null ? null : Steps.Guarded(marked, static m => FlameParser.Parse(m).Model).Model;
        var kind = method.Name switch
        {
            "Dispose" when owner.SpecialType == SpecialType.System_IDisposable => InjectedKind.Dispose,
            "DisposeAsync" when KnownNames.Is(owner, "System.IAsyncDisposable") => InjectedKind.DisposeAsync,
            _ => InjectedKind.Method,
        };
        return new InjectedMember(
            kind, Display.Oblivious(owner), Display.Identifier(method.Name), Returned(method.RefKind, method.ReturnType),
            method.IsGenericMethod ? $"<{string.Join(", ", method.TypeParameters.Select(p => Display.Identifier(p.Name)))}>" : "",
            Parameters(method.Parameters, remote), EquatableArray<string>.Empty,
            remote is null ? null : Names.ExtensionFullName(remote.Type, isStatic: false));
    }

    // Why the marked method cannot be called from a proxy.
    private string? Remote(IMethodSymbol marked)
    {
        if (!SymbolEqualityComparer.Default.Equals(marked.ContainingType, _type))
            return $"'{Display.Short(marked)}' is marked in a base class, which is what an executor would resolve; mark a method of '{Display.Short(_type)}' itself";
        return CallSiteParser.HasProxy(marked, _compilation) ? null : $"the assembly of '{Display.Short(_type)}' was built without Flame's generator";
    }

    private InjectedMember? Refuse(string obstacle)
    {
        Obstacle = obstacle;
        return null;
    }

    private static string Returned(RefKind kind, ITypeSymbol type) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.RefReadOnly => "ref readonly ",
        _ => "",
    } + Display.Oblivious(type);

    private static IEnumerable<string> Accessors(IPropertySymbol property)
    {
        if (property.GetMethod is not null) yield return "get";
        if (property.SetMethod is { } set) yield return set.IsInitOnly ? "init" : "set";
    }

    private static EquatableArray<InjectedParameter> Parameters(IEnumerable<IParameterSymbol> parameters, MethodModel? remote) =>
        parameters.Select((p, i) => Parameter(p, remote is null || remote.Parameters[i].Role != ParameterRole.Service)).ToEquatableArray();

    private static InjectedParameter Parameter(IParameterSymbol parameter, bool sent)
    {
        var (declared, passed) = parameter.RefKind switch
        {
            RefKind.Ref => ("ref ", "ref "),
            RefKind.Out => ("out ", "out "),
            RefKind.In => ("in ", "in "),
            RefKind.RefReadOnlyParameter => ("ref readonly ", "in "),
            _ => ("", ""),
        };
        var scoped = parameter is { ScopedKind: not ScopedKind.None, RefKind: not RefKind.Out, IsParams: false } ? "scoped " : "";
        return new(passed, scoped + declared + Display.Oblivious(parameter.Type), Display.Identifier(parameter.Name), sent);
    }
}
