namespace Flame.Generators.Model;

internal enum BlockShape
{
    Nothing,
    Value,
    Task,
    TaskOf,
    Stream,
}

internal enum CaptureKind
{
    /// <summary>Sent with the call.</summary>
    Payload,

    /// <summary>The same, as a type that generic code knows when it runs.</summary>
    Open,

    /// <summary>Stays with the caller; what it gives or takes crosses.</summary>
    Live,

    /// <summary>The block's own token takes its place, and follows it.</summary>
    Token,

    /// <summary>The executor's own pools take its place.</summary>
    Flame,

    /// <summary>Resolved in the executor.</summary>
    Service,
}

/// <summary>Something of its surroundings that a block uses.</summary>
/// <param name="Place">Where the runtime finds it: a variable, <c>this</c>, or <c>this.</c> and a field.</param>
/// <param name="Type">Its type, fully qualified, with annotations.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Payload">How it is sent; <see langword="null"/> when it is not.</param>
/// <param name="Live">What a live object is.</param>
internal sealed record CaptureModel(string Place, string Type, CaptureKind Kind, PayloadModel? Payload, LiveModel? Live = null);

/// <summary>A live object: what it is, and what it gives or takes.</summary>
internal sealed record LiveModel(string Name, ParameterRole Role, PayloadModel? Element);

/// <summary>The block as both sides know it; it does not change when code elsewhere in its file does.</summary>
/// <param name="Name">Unique in the assembly, an identifier.</param>
/// <param name="Id">Its identity on the wire.</param>
/// <param name="Shown">What people read: the file and the line.</param>
/// <param name="Pool">The pool, if the call names a constant.</param>
/// <param name="Idempotent">Whether it is a method that is marked so.</param>
/// <param name="TimeoutTicks">The limit of one execution, if it is a method that is marked with one.</param>
/// <param name="Delegate">The delegate type of the block, fully qualified.</param>
/// <param name="Shape">What it returns.</param>
/// <param name="TakesToken">Whether it takes a token.</param>
/// <param name="Item">What it takes of a mapping, in front of the token.</param>
/// <param name="Placed">The class of the object that it makes, if that stays there.</param>
/// <param name="TakesServices">Whether it takes the services of its executor, in front of the token.</param>
/// <param name="Result">The result or item, if there is one.</param>
/// <param name="OpenResult">Whether there is one whose type generic code knows when it runs.</param>
/// <param name="Captures">What it uses of its surroundings.</param>
/// <param name="Keeps">The types that a trimmer must leave whole, as documentation ids, with their assemblies.</param>
internal sealed record BlockModel(
    string Name,
    ulong Id,
    string Shown,
    string? Pool,
    bool Idempotent,
    long? TimeoutTicks,
    string Delegate,
    BlockShape Shape,
    bool TakesToken,
    PayloadModel? Item,
    string? Placed,
    bool TakesServices,
    PayloadModel? Result,
    bool OpenResult,
    EquatableArray<CaptureModel> Captures,
    EquatableArray<KeptType> Keeps)
{
    /// <summary>Whether the captured values are written as the types that generic code gives them.</summary>
    public bool OpenArguments => Captures.Any(c => c.Kind == CaptureKind.Open);

    /// <summary>The places of the captured values that are sent.</summary>
    public IEnumerable<int> Sent => Enumerable.Range(0, Captures.Count).Where(i => Captures[i].Kind is CaptureKind.Payload or CaptureKind.Open or CaptureKind.Live);

    /// <summary>The channel of a live captured value.</summary>
    public int ChannelOf(int capture) => 1 + Enumerable.Range(0, capture).Count(i => Captures[i].Kind == CaptureKind.Live);
}

/// <summary>A type that code finds by its name.</summary>
internal sealed record KeptType(string DocumentationId, string Assembly);

/// <summary>The call that hands it over.</summary>
/// <param name="Block">The block.</param>
/// <param name="Declarer">The type that declares the method called.</param>
/// <param name="Method">The method called: <c>CallAsync</c>, <c>MapAsync</c> …</param>
/// <param name="Generic">The type parameter of a call in generic code, with brackets; empty elsewhere.</param>
/// <param name="ReturnType">What it returns, fully qualified.</param>
/// <param name="Parameters">Its parameters: types and names, in order.</param>
/// <param name="Version">Of the location.</param>
/// <param name="Data">The location, for the compiler.</param>
/// <param name="Display">The location, for people.</param>
internal sealed record BlockSiteModel(
    BlockModel Block, string Declarer, string Method, string Generic, string ReturnType, EquatableArray<DeclaredName> Parameters, int Version, string Data, string Display);

/// <summary>All blocks of an assembly.</summary>
internal sealed record BlocksModel(string Assembly, EquatableArray<BlockModel> Blocks);

/// <summary>All calls of an assembly that are replaced.</summary>
internal sealed record InterceptorsModel(string Assembly, EquatableArray<CallSiteModel> Calls, EquatableArray<BlockSiteModel> Blocks);

/// <summary>A type and a name.</summary>
internal sealed record DeclaredName(string Type, string Name);
