using System.Globalization;
using System.Runtime.CompilerServices;

namespace Flame.Observation;

/// <summary>What of an item or a report can be drawn.</summary>
internal static class Numbers
{
    /// <summary>A number is a height, two numbers are a place, and whatever says where it is knows better.</summary>
    public static bool TryRead(object? item, out double? x, out double y)
    {
        (x, y) = (null, 0);
        switch (item)
        {
            case IFlamePoint point:
                (x, y) = (point.X, point.Y);
                break;
            case ITuple { Length: 2 } pair when TryNumber(pair[0], out var first) && TryNumber(pair[1], out var second):
                (x, y) = (first, second);
                break;
            default:
                return TryNumber(item, out y) && double.IsFinite(y);
        }

        return double.IsFinite(y) && (x is not { } place || double.IsFinite(place));
    }

    private static bool TryNumber(object? value, out double number)
    {
        number = 0;
        if (value is not (double or float or Half or decimal or int or long or short or sbyte or uint or ulong or ushort or byte)) return false;
        number = value is Half half ? (double)half : ((IConvertible)value).ToDouble(CultureInfo.InvariantCulture);
        return true;
    }
}

/// <summary>Whether values of a type can be drawn at all, so that others are not even looked at.</summary>
internal static class NumbersOf<T>
{
    public static readonly bool MayBe =
        (typeof(T).IsPrimitive && typeof(T) != typeof(bool) && typeof(T) != typeof(char)) || typeof(T) == typeof(decimal) || typeof(T) == typeof(Half)
        || typeof(T).IsInterface || typeof(T).IsAbstract || typeof(T) == typeof(object)
        || typeof(T).IsAssignableTo(typeof(IFlamePoint)) || typeof(T).IsAssignableTo(typeof(ITuple))
        || Nullable.GetUnderlyingType(typeof(T)) is not null;
}
