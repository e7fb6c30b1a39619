using System.Runtime.CompilerServices;

namespace Flame;

/// <summary>How a mapping over many items goes: in which order results leave, what a failure does, how many are under way. Immutable.</summary>
public sealed record FlameMapOptions
{
    /// <summary>The order in which results leave.</summary>
    /// <value>Default: <see cref="FlameOrder.Input"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the orders.</exception>
    public FlameOrder Order
    {
        get;
        init => field = Defined(value);
    }

    /// <summary>What the failure of one call does to the rest.</summary>
    /// <value>Default: <see cref="FlameOnError.Throw"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the reactions.</exception>
    public FlameOnError OnError
    {
        get;
        init => field = Defined(value);
    }

    /// <summary>
    /// Items under way at most: those whose call runs or waits, and those whose result nobody has taken yet. At least 1.
    /// It bounds the memory that a mapping takes, however slow its consumer or its first item is.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>: twice the calls that the pool can run at once, so that one that ends finds the
    /// next already waiting; less where the pool's <see cref="FlamePoolOptions.QueueLimit"/> is smaller than that.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int? MaxInFlight
    {
        get;
        init
        {
            if (value is { } most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(MaxInFlight));
            field = value;
        }
    }

    internal int InFlight(FlamePoolOptions pool)
    {
        if (MaxInFlight is { } most) return most;
        var running = (long)pool.Max * pool.MaxConcurrency;
        return (int)Math.Min(running + Math.Min(running, pool.QueueLimit), int.MaxValue);
    }

    private static TEnum Defined<TEnum>(TEnum value, [CallerMemberName] string name = "") where TEnum : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"There is no such {typeof(TEnum).Name}.");
}

/// <summary>The order in which the results of a mapping leave.</summary>
public enum FlameOrder
{
    /// <summary>That of the items. A slow one holds those behind it back.</summary>
    Input,

    /// <summary>As they are ready; <see cref="FlameResult{TIn, TOut}.Index"/> tells whose they are.</summary>
    Completion,
}

/// <summary>What the failure of one call of a mapping does.</summary>
public enum FlameOnError
{
    /// <summary>What came before it leaves, then it is thrown, and the rest is cancelled.</summary>
    Throw,

    /// <summary>It is a result as others are, and the rest goes on.</summary>
    Collect,
}
