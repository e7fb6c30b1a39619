namespace Flame.Generators.Model;

internal enum InjectedKind
{
    Method,
    Property,
    Indexer,
    Event,

    /// <summary><c>IDisposable.Dispose</c>: nothing is made only to be disposed of.</summary>
    Dispose,

    /// <summary><c>IAsyncDisposable.DisposeAsync</c>.</summary>
    DisposeAsync,
}

/// <summary>A class that is injected as an interface. Its types are written without annotations.</summary>
/// <param name="Interface">The interface, fully qualified.</param>
/// <param name="Class">The class, fully qualified.</param>
/// <param name="Name">The name of the proxy.</param>
/// <param name="Members">What the proxy implements, of the interface and those that it extends.</param>
internal sealed record InjectionModel(string Interface, string Class, string Name, EquatableArray<InjectedMember> Members);

/// <summary>A member of an interface.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Owner">The interface that declares it.</param>
/// <param name="Name">Its name, escaped.</param>
/// <param name="Type">What it returns, or is; with <c>ref</c> where that is by reference.</param>
/// <param name="TypeParameters">Those of a generic method: <c>&lt;T&gt;</c>.</param>
/// <param name="Parameters">Its parameters, in order.</param>
/// <param name="Accessors">Those of a property: <c>get</c>, <c>set</c>, <c>init</c>.</param>
/// <param name="Remote">The class with the remote form of the method that implements it; <see langword="null"/>: it runs in place.</param>
internal sealed record InjectedMember(
    InjectedKind Kind, string Owner, string Name, string Type, string TypeParameters, EquatableArray<InjectedParameter> Parameters,
    EquatableArray<string> Accessors, string? Remote)
{
    public bool ByReference => Type.StartsWith("ref ", StringComparison.Ordinal);
}

/// <summary>A parameter of such a member.</summary>
/// <param name="Modifier">Of the declaration and of the argument: <c>ref</c>, <c>out</c>, <c>in</c>, or nothing.</param>
/// <param name="Declared">Modifier and type.</param>
/// <param name="Name">Its name, escaped.</param>
/// <param name="Sent">Whether the remote form has it too: services are resolved there.</param>
internal sealed record InjectedParameter(string Modifier, string Declared, string Name, bool Sent);
