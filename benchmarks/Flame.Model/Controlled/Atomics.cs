using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Flame.Model;
using Real = System.Threading.Interlocked;

namespace Flame;

/// <summary>Stands in front of the framework's: before each operation another strand may go first.</summary>
internal static class Interlocked
{
    public static int Increment(ref int place) => Add(ref place, 1);

    public static long Increment(ref long place) => Begin() ? Torn(ref place, 1) : Real.Increment(ref place);

    public static int Decrement(ref int place) => Add(ref place, -1);

    public static int Add(ref int place, int value) => Begin() ? Torn(ref place, value) : Real.Add(ref place, value);

    public static long Add(ref long place, long value) => Begin() ? Torn(ref place, value) : Real.Add(ref place, value);

    public static int Or(ref int place, int value)
    {
        if (!Begin()) return Real.Or(ref place, value);
        var before = place;
        World.Current!.Point("the middle of an atomic");
        place = before | value;
        return before;
    }

    public static int And(ref int place, int value)
    {
        Begin();
        return Real.And(ref place, value);
    }

    public static T Exchange<T>(ref T place, T value)
    {
        Begin();
        return Real.Exchange(ref place, value);
    }

    public static T CompareExchange<T>(ref T place, T value, T comparand)
    {
        Begin();
        return Real.CompareExchange(ref place, value, comparand);
    }

    public static long Read(ref long place)
    {
        Begin();
        return Real.Read(ref place);
    }

    public static void MemoryBarrier()
    {
        Begin();
        Real.MemoryBarrier();
    }

    private static bool Begin()
    {
        if (World.Current is not { } world) return false;
        world.Point("an atomic");
        return world.Rules.Sabotage == Sabotage.TornAtomics;
    }

    private static int Torn(ref int place, int value)
    {
        var after = place + value;
        World.Current!.Point("the middle of an atomic");
        return place = after;
    }

    private static long Torn(ref long place, long value)
    {
        var after = place + value;
        World.Current!.Point("the middle of an atomic");
        return place = after;
    }
}

/// <summary>Stands in front of the framework's.</summary>
internal static class Volatile
{
    public static T Read<T>([NotNullIfNotNull(nameof(place))] ref readonly T place)
    {
        World.Current?.Point("a volatile read");
        return place;
    }

    public static void Write<T>(ref T place, T value)
    {
        World.Current?.Point("a volatile write");
        place = value;
    }
}

/// <summary>Stands in front of the framework's: a run has no luck of its own.</summary>
internal sealed class Random
{
    public static Random Shared { get; } = new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public double NextDouble() => 0.5;
}
