namespace Flame.Generators.Model;

internal enum ReturnShape
{
    Task,
    TaskOf,
    ValueTask,
    ValueTaskOf,
    Stream,

    /// <summary>Of a placed object: nothing, at once.</summary>
    Nothing,

    /// <summary>Of a placed object: a value, at once.</summary>
    Value,
}

/// <summary>A marked method that can run elsewhere.</summary>
/// <param name="Type">The class that declares it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Signature">The full signature; what the id is made of, unless a name is given.</param>
/// <param name="DocumentationId">The <c>cref</c> of the method.</param>
/// <param name="Id">Its identity on the wire.</param>
/// <param name="Pool">The pool that runs it.</param>
/// <param name="TimeoutTicks">The limit of one execution, if it has its own.</param>
/// <param name="Idempotent">Whether it may run twice.</param>
/// <param name="IsStatic">Whether it needs no receiver.</param>
/// <param name="IsPublic">Whether every type of the signature is public.</param>
/// <param name="Shape">What it returns.</param>
/// <param name="ReturnType">The return type, fully qualified.</param>
/// <param name="Result">The result or item, if there is one.</param>
/// <param name="Parameters">Its parameters, in order.</param>
/// <param name="Batch">How single items are collected for it, if they are.</param>
/// <param name="Resource">The class of the object that it leaves in its executor, if it returns the handle of one.</param>
internal sealed record MethodModel(
    TypeName Type,
    string Name,
    string Signature,
    string DocumentationId,
    ulong Id,
    string Pool,
    long? TimeoutTicks,
    bool Idempotent,
    bool IsStatic,
    bool IsPublic,
    ReturnShape Shape,
    string ReturnType,
    PayloadModel? Result,
    EquatableArray<ParameterModel> Parameters,
    BatchModel? Batch,
    string? Resource = null)
{
    public IEnumerable<ParameterModel> Sent => Parameters.Where(p => p.Payload is not null);

    /// <summary>The live ones. Their order makes their channels, which are counted from 1.</summary>
    public ParameterModel[] Live => [.. Parameters.Where(p => p.IsLive)];

    public int ChannelOf(ParameterModel live) => 1 + Array.IndexOf(Live, live);

    /// <summary>What a caller of the remote form passes: everything but services.</summary>
    public IEnumerable<ParameterModel> Passed => Parameters.Where(p => p.Role != ParameterRole.Service);

    public string Token => Parameters.FirstOrDefault(p => p.Role == ParameterRole.Cancellation)?.Name ?? "default";
}

/// <summary>The class that declares marked methods.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Name">Its name, with those of the types around it: <c>Outer.Inner</c>.</param>
/// <param name="FullName">Fully qualified, with <c>global::</c>.</param>
/// <param name="IsPublic">Whether other assemblies can see it.</param>
internal sealed record TypeName(string Namespace, string Name, string FullName, bool IsPublic)
{
    /// <summary>The name as one identifier.</summary>
    public string Identifier => Name.Replace(".", "_").Replace("@", "");

    public string MetadataName => Namespace.Length == 0 ? Identifier : Namespace.Replace("@", "") + "." + Identifier;

    /// <summary>The generated class that holds the rows, codecs and invokers of this type.</summary>
    public string MethodsClass => MetadataName.Replace('.', '_') + "_Methods";
}

/// <summary>All marked methods of one class.</summary>
internal sealed record TypeModel(TypeName Name, EquatableArray<MethodModel> Methods);
