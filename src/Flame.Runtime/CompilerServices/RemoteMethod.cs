using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Flame.CompilerServices;

/// <summary>Runs one call on the executor's side: reads the arguments, awaits the user's method, writes the result.</summary>
/// <param name="call">The call.</param>
/// <returns>Completes when the result is written, or faults with what the user's method threw.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate ValueTask Invoker(Invocation call);

/// <summary>One row of the method table: what both sides know of a marked method. Created by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RemoteMethod
{
    /// <summary>Describes a marked method.</summary>
    /// <param name="id">The first 64 bits of the SHA-256 of the full signature, or of <see cref="FlameAttribute.Name"/>.</param>
    /// <param name="name">The name shown to people: <c>Type.Method</c>.</param>
    /// <param name="pool">The pool that runs it; <see langword="null"/>: each call says which.</param>
    /// <param name="invoker">The executor's side.</param>
    public RemoteMethod(ulong id, string name, string? pool, Invoker invoker)
    {
        Id = id;
        Name = name;
        Pool = pool;
        Invoker = invoker;
    }

    /// <summary>The method's identity on the wire.</summary>
    public ulong Id { get; private set; }

    /// <summary>The name shown to people.</summary>
    public string Name { get; }

    /// <summary>The pool that runs the method; <see langword="null"/>: each call says which.</summary>
    public string? Pool { get; }

    /// <summary>The executor's side.</summary>
    public Invoker Invoker { get; }

    /// <summary>See <see cref="FlameAttribute.Idempotent"/>.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Whether the method returns <see cref="IAsyncEnumerable{T}"/>.</summary>
    public bool Streams { get; init; }

    /// <summary>Shows the arguments of one call; <see langword="null"/>: it has none, or none that can be shown.</summary>
    public Action<ShownArguments>? Show { get; init; }

    /// <summary>See <see cref="FlameAttribute.Timeout"/>; <see langword="null"/>: the pool's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Its assembly was disposed: it can be called no more.</summary>
    internal bool IsUnloaded { get; set; }

    /// <summary>It is one version of a method, beside others that may have the same signature. Before anybody can call it.</summary>
    internal void BelongTo(Guid version)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(new Span<Guid>(ref version));
        Id = unchecked(((Id ^ halves[0]) * 0x9E3779B97F4A7C15) ^ halves[1]);
    }
}
