using System.Text;
using Flame.Backends;
using Flame.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Flame.Fuzz.Targets;

/// <summary>The value of <c>FLAME_PARENT</c>, as it comes, and as JSON under its base64.</summary>
internal sealed class ParentVariableTarget : FuzzTarget
{
    private static readonly string s_value = new FlameParent
    {
        Pool = "gpu", Executor = "gpu/3", Backend = "local", BuildId = "0123456789abcdef", Endpoints = ["unix:/tmp/x/link.sock", "tcp:127.0.0.1:4711"], Token = FlameParent.NewToken(),
    }.Encode();

    public override string Name => "FLAME_PARENT";

    public override (long Always, long ForEachByte) Allowance => (64 * 1024, 64);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        [0, .. Encoding.UTF8.GetBytes(s_value)],
        [1, .. System.Buffers.Text.Base64Url.DecodeFromChars(s_value)],
        [1, .. "{\"v\":1,\"x\":[{},[1e9,true,null]],\"pool\":\"\\u00e4\\n\"}"u8],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var value = input[0] % 2 == 0 ? Encoding.Latin1.GetString(input[1..]) : System.Buffers.Text.Base64Url.EncodeToString(input[1..]);
        try
        {
            FlameParent.Parse(value);
        }
        catch (FlameParentException)
        {
        }
    }
}

/// <summary>JSON as the cursor reads it.</summary>
internal sealed class JsonTarget : FuzzTarget
{
    public override string Name => "JSON";

    public override IReadOnlyList<byte[]> Seeds => ["{\"a\":[1,2,{\"b\":null}],\"c\":\"\\u0041\\\"\"}"u8.ToArray(), "[[[[[[]]]]]]"u8.ToArray(), "-12"u8.ToArray()];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new JsonCursor(Encoding.UTF8.GetString(input));
        try
        {
            if (cursor.Next == '-') cursor.TryTakeInt32(out _);
            else cursor.Skip();
        }
        catch (FlameParentException)
        {
        }
    }
}

/// <summary>A section of configuration, and with it the table of options.</summary>
internal sealed class ConfigurationTarget : FuzzTarget
{
    public override string Name => "configuration";

    public override int Weight => 60;

    public override (long Always, long ForEachByte) Allowance => (512 * 1024, 4096);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        "Pools:gpu:Min=1\nPools:gpu:Timeout=00:01:30\nPools:gpu:Resources:Cpus=0.5"u8.ToArray(),
        "Pools:gpu:SingleUse=true\nPools:gpu:Max=x\nBackend=local"u8.ToArray(),
        "Pools:a:QueueTimeout=infinite\nPools:a:Nothing=1\nPools:a=7\nOther:x=1"u8.ToArray(),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n').Take(64))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            settings["Flame:" + (at < 0 ? line : line[..at])] = at < 0 ? null : line[(at + 1)..];
        }

        List<string> problems = [];
        var backends = new Dictionary<string, BackendChoice>(StringComparer.OrdinalIgnoreCase) { ["local"] = new(new LocalProcessBackend()) };
        var configuration = new PoolConfiguration(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), backends, problems);
        _ = configuration.DefaultBackend;
        foreach (var section in configuration.Sections(["gpu"])) configuration.Apply(section, PoolConfiguration.PoolName(section, ["gpu"]), new FlamePoolOptions());
        if (problems.Exists(static problem => !problem.StartsWith("FLM", StringComparison.Ordinal))) throw new InvalidOperationException("a problem without an id");
    }
}

/// <summary>What an executor prints, the reason of its end, and both as they stand in the log.</summary>
internal sealed class OutputTarget : FuzzTarget
{
    public override string Name => "output";

    public override int Weight => 50;

    public override (long Always, long ForEachByte) Allowance => (256 * 1024, 64);

    public override IReadOnlyList<byte[]> Seeds =>
    [
        "one\r\ntwo\n\nthree"u8.ToArray(), "Unhandled exception. System.Exception: x\n   at A\n"u8.ToArray(), Encoding.UTF8.GetBytes(new string('ä', 9000)),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var longest = 0;
        var output = new ExecutorOutput(new BootRequest("pool", "pool/1", "secret", line =>
        {
            longest = Math.Max(longest, line.Text.Length);
            var written = LogText.Line(line.Text);
            foreach (var c in written)
            {
                if (char.IsControl(c) && c != '\t') throw new InvalidOperationException("a control character came through");
            }

            if (written.Length > LogText.MaxLength * 6 + 64) throw new InvalidOperationException("it is longer than any line may be");
        }));
        output.ReadAsync(new MemoryStream(input.ToArray()), isError: true).GetAwaiter().GetResult();
        if (longest > ExecutorOutput.MaxLineBytes) throw new InvalidOperationException("a line longer than the limit");
        var reason = ExitReason.Describe(input.Length == 0 ? 0 : input[0] * 3, outOfMemory: false, output.LastLines());
        if (LogText.Line(reason).Contains('\n', StringComparison.Ordinal)) throw new InvalidOperationException("a reason of several lines");
        LogText.Lines(Encoding.UTF8.GetString(input));
    }
}
