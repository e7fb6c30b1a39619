using Flame.Generators.Model;

namespace Flame.Generators.Emit;

/// <summary>What a call that leaves an object in its executor sends beside its own arguments.</summary>
internal static class Placing
{
    /// <summary>Their names, which no user's parameter has.</summary>
    public const string Names = "__requests, __concurrent, __lease";

    public static readonly (string Name, PayloadModel Payload)[] Arguments =
    [
        ("__requests", PayloadModel.OfLive), ("__concurrent", Plain("bool")), ("__lease", Plain("long")),
    ];

    /// <summary>The executor's side: keeps the object until nobody wants it any more.</summary>
    public static string Keep(string made, int channel) =>
        $"call.PlaceAsync({made}, {channel}, {string.Join(", ", Arguments.Select(a => "arguments." + a.Name))})";

    private static PayloadModel Plain(string type) => new(type, false, PayloadKind.Unmanaged, EquatableArray<PayloadModel>.Empty, null);
}
