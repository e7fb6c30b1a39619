namespace Flame.Generators.Model;

/// <summary>How a value crosses the wire.</summary>
internal enum PayloadKind
{
    /// <summary>Its bytes, as they lie in memory.</summary>
    Unmanaged,
    String,
    UnmanagedArray,
    Array,
    List,
    Dictionary,
    Nullable,
    Tuple,

    /// <summary>By ourselves: MemoryPack 1.21.4 writes the bytes after the number instead of the number.</summary>
    BigInteger,

    /// <summary>Through the type's own <c>IMemoryPackable&lt;T&gt;</c>, whether written by hand or by MemoryPack's generator.</summary>
    Packable,

    /// <summary>Through a formatter of MemoryPack's registry.</summary>
    Formatter,

    /// <summary>An array of several dimensions, through a formatter.</summary>
    Grid,

    /// <summary>What the other side has to know of an object that stays where it is.</summary>
    Live,
}

/// <summary>A type of the wire.</summary>
/// <param name="Type">Fully qualified, with nullable annotations inside, without the outermost one.</param>
/// <param name="Annotated">Whether the value may be null.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Parts">The types inside: elements, keys and values, tuple items.</param>
/// <param name="Formatter">What registers its formatter, when one is needed: <c>new ListFormatter&lt;X&gt;()</c>, or the type itself.</param>
internal sealed record PayloadModel(
    string Type, bool Annotated, PayloadKind Kind, EquatableArray<PayloadModel> Parts, string? Formatter)
{
    public static readonly PayloadModel OfLive =
        new("global::Flame.CompilerServices.LiveArgument", false, PayloadKind.Live, EquatableArray<PayloadModel>.Empty, null);

    /// <summary>The dimensions of an array.</summary>
    public int Rank { get; init; }

    /// <summary>The type as generated code declares it.</summary>
    public string Declared => Annotated ? Type + "?" : Type;
}
