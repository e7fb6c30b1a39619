using System.Numerics;
using Flame.CompilerServices;
using Codecs = Flame.Generated.Flame_Fuzz_Shapes_Methods;

namespace Flame.Fuzz.Targets;

/// <summary>Every place where bytes from outside come in.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> Make() =>
    [
        new FrameTarget(),
        new HelloTarget(),
        new FailureTarget(),
        new IncomingTarget(),
        new ManifestTarget(),
        new CodePipeTarget(),
        .. Payloads(),
        PlacedTargets.Requests,
        PlacedTargets.Replies,
        new ParentVariableTarget(),
        new JsonTarget(),
        new ConfigurationTarget(),
        new OutputTarget(),
        new LinkTarget(),
    ];

    private static IEnumerable<FuzzTarget> Payloads() =>
    [
        new CodecTarget<string?, Codecs.TextCall.Result>("text", "grüße", "", null, new string('x', 300)),
        new CodecTarget<byte[]?, Codecs.BytesCall.Result>("bytes", [1, 2, 3], [], null),
        new CodecTarget<Wide[]?, Codecs.WidesCall.Result>("array", new Wide[2], null),
        new CodecTarget<string?[]?, Codecs.TextsCall.Result>("array of text", ["a", null, "ccc"], []),
        new CodecTarget<List<Wide>?, Codecs.ListCall.Result>("list", [default, default], null),
        new CodecTarget<Dictionary<string, List<int>>?, Codecs.MapCall.Result>("dictionary", new() { ["a"] = [1, 2], ["b"] = [] }, new(), null),
        new CodecTarget<(int, string?, Colour, (long, bool)?), Codecs.TupleCall.Result>("tuple", (1, "two", Colour.Green, (4, true)), (1, null, default, null)),
        new CodecTarget<Point?, Codecs.RecordCall.Result>("nullable record", new Point(1, 2), null),
        new CodecTarget<(DateTime, DateTimeOffset, TimeSpan, Guid, decimal), Codecs.TimesCall.Result>("times", default((DateTime, DateTimeOffset, TimeSpan, Guid, decimal))),
        new CodecTarget<BigInteger, Codecs.NumberCall.Result>("big integer", BigInteger.Pow(3, 90), 0),
        new CodecTarget<int[,]?, Codecs.GridCall.Result>("grid", new int[2, 3], new int[0, 0], null),
        new CodecTarget<string[,,]?, Codecs.CubeCall.Result>("cube", new string[1, 2, 1], null),
        new CodecTarget<HashSet<string>?, Codecs.SetCall.Result>("set", ["a", "b"], null),
        new CodecTarget<IReadOnlyList<string>?, Codecs.LinesCall.Result>("read-only list", ["a", "b"], null),
        new CodecTarget<Uri?, Codecs.AddressCall.Result>("address", new Uri("http://example.org/a"), null) { ForEachByte = 512 },
        new CodecTarget<LiveArgument, LiveCodec>("live argument", default, LiveArgument.Stream("s", new MemoryStream())),
    ];
}
