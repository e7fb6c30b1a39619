using System.Globalization;
using System.Numerics;

namespace Flame.Executor.Tests.Hostile;

internal enum Colour
{
    Red,
    Green,
}

internal readonly record struct Wide(Vector4 A, Vector4 B, Vector4 C, Vector4 D);

/// <summary>One method for each way in which a result is read. No honest executor runs them.</summary>
internal static class HostileWork
{
    [Flame(Pool = "test")]
    public static Task<string?> TextAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<byte[]?> BytesAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<Wide[]?> WideAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<BigInteger> NumberAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<string[]> TextsAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<List<Wide>> WidesAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<List<string>> LinesAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<Dictionary<string, Wide>> MapAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<(int, string?, Colour)> TupleAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<(string?, DateTime)?> NullableAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<int[,]?> GridAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<Wide[,,]?> CubeAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<HashSet<string>?> SetAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<IReadOnlyList<string>?> ListAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<Uri?> UriAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<CultureInfo?> CultureAsync() => throw new NotSupportedException();

    [Flame(Pool = "test")]
    public static Task<TimeZoneInfo?> ZoneAsync() => throw new NotSupportedException();

    /// <summary>Calls the method of this name.</summary>
    public static async Task CallAsync(string method)
    {
        switch (method)
        {
            case "text": await HostileWork.Remote.TextAsync(); break;
            case "bytes": await HostileWork.Remote.BytesAsync(); break;
            case "wide": await HostileWork.Remote.WideAsync(); break;
            case "number": await HostileWork.Remote.NumberAsync(); break;
            case "texts": await HostileWork.Remote.TextsAsync(); break;
            case "wides": await HostileWork.Remote.WidesAsync(); break;
            case "lines": await HostileWork.Remote.LinesAsync(); break;
            case "map": await HostileWork.Remote.MapAsync(); break;
            case "tuple": await HostileWork.Remote.TupleAsync(); break;
            case "nullable": await HostileWork.Remote.NullableAsync(); break;
            case "grid": await HostileWork.Remote.GridAsync(); break;
            case "cube": await HostileWork.Remote.CubeAsync(); break;
            case "set": await HostileWork.Remote.SetAsync(); break;
            case "list": await HostileWork.Remote.ListAsync(); break;
            case "uri": await HostileWork.Remote.UriAsync(); break;
            case "culture": await HostileWork.Remote.CultureAsync(); break;
            case "zone": await HostileWork.Remote.ZoneAsync(); break;
            default: throw new ArgumentException(method);
        }
    }
}
