using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Flame;

/// <summary>What became of one item of a mapping: a value, or the failure of its call.</summary>
/// <typeparam name="TIn">The item.</typeparam>
/// <typeparam name="TOut">The value.</typeparam>
public readonly record struct FlameResult<TIn, TOut>
{
    private readonly TOut _value;

    internal FlameResult(TIn input, long index, TOut value, Exception? error) => (Input, Index, _value, Error) = (input, index, value, error);

    /// <summary>The item that the call was made for.</summary>
    public TIn Input { get; }

    /// <summary>The place of the item in its source, from 0.</summary>
    public long Index { get; }

    /// <summary>What the call returned. Throws the call's failure, with its own stack trace, where it failed.</summary>
    public TOut Value
    {
        get
        {
            if (Error is not null) ExceptionDispatchInfo.Throw(Error);
            return _value;
        }
    }

    /// <summary>Why the call failed; <see langword="null"/> when it did not.</summary>
    public Exception? Error { get; }

    /// <summary>Whether there is a <see cref="Value"/>.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    // What a record prints by default would ask for the value, and throw.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Index = ").Append(Index).Append(", Input = ").Append(Input);
        if (Error is null) builder.Append(", Value = ").Append(_value);
        else builder.Append(", Error = ").Append(Error.GetType().Name).Append(": ").Append(Error.Message);
        return true;
    }
}
