using Flame.Diagnostics;
using Flame.Executor.Tests.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Hostile;

/// <summary>What an executor says is text, however it is written.</summary>
public sealed class WordsTests
{
    private const string Evil = "x\r\nwarn: App[0] all is well\u001b[2J\u001b]0;t\a\b\0\u202egnp.exe\u2028\u0085\u009b31m";

    [Theory]
    [InlineData(LogBody.FromLogger)]
    [InlineData(LogBody.FromOutput)]
    [InlineData(LogBody.FromError)]
    [InlineData(LogBody.OfDropped)]
    public async Task Log_of_an_executor_begins_no_line_of_its_own_and_moves_no_cursor(byte source)
    {
        await using var pool = HostilePool.Start();
        var call = WireWork.EchoAsync([1]);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;

        await hostile.SendAsync(FrameKind.Log, body: new LogBody(200, source, -1, Evil, Evil, Evil).Encode().ToArray());
        await hostile.SendAsync(FrameKind.Drain, body: new BodyWriter().Text(Evil).Span.ToArray());
        await pool.HandledAsync(hostile);
        await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(4, [0, 0, 0, 0]));
        await call.Patiently();

        Assert.Contains(pool.Log.Lines, static line => line.Contains("all is well", StringComparison.Ordinal));
        Assert.All(pool.Log.Lines.SelectMany(static line => line.Split('\n').Skip(1)), static line => Assert.StartsWith("    | ", line, StringComparison.Ordinal));
        Assert.All(pool.Log.Lines, static line => Assert.DoesNotContain(line, static c => (char.IsControl(c) && c is not '\n') || c is '\u2028' or '\u202e'));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("tab\there, grüße, 日本, 😀", "tab\there, grüße, 日本, 😀")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("a\r\nb", "a\\r\\nb")]
    [InlineData("\u001b[31m", "\\u001B[31m")]
    [InlineData("", "")]
    public void Words_stand_in_one_line(string said, string written) => Assert.Equal(written, LogText.Line(said));

    [Theory]
    [InlineData("a\nb\r\nc\rd", "a\n    | b\n    | c\n    | d")]
    [InlineData("a\n", "a\n    | ")]
    public void Words_of_several_lines_bear_our_mark(string said, string written) => Assert.Equal(written, LogText.Lines(said));

    [Fact]
    public void Very_long_words_are_cut_between_two_characters()
    {
        var cut = LogText.Line(new string('x', LogText.MaxLength - 1) + "😀" + new string('y', 1000));
        Assert.Equal(new string('x', LogText.MaxLength - 1) + "… (1,002 more)", cut);
    }

    [Theory]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("System.OutOfMemoryException")]
    [InlineData("System.InvalidOperationException, System.Private.CoreLib")]
    [InlineData("system.invalidoperationexception")]
    [InlineData("System.Collections.Generic.List`1[[System.Object]]")]
    [InlineData("Flame.Executor.Tests.Hostile.WordsTests+Trap")]
    [InlineData("")]
    [InlineData("\0")]
    public async Task Failure_names_a_type_and_makes_none_that_is_not_listed(string type)
    {
        await using var pool = HostilePool.Start();
        var call = WireWork.EchoAsync([1]);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;

        await hostile.SendAsync(FrameKind.Failure, id, new FailureBody(FailureCode.Threw, type, "message", "stack").Encode().ToArray());

        var error = await Assert.ThrowsAsync<RemoteException>(() => call.Patiently());
        Assert.Equal(type, error.RemoteType);
        Assert.False(Trap.Made);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public async Task Failure_of_no_known_kind_is_a_failure(byte code)
    {
        await using var pool = HostilePool.Start();
        var call = WireWork.EchoAsync([1]);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await hostile.SendAsync(FrameKind.Failure, id, new FailureBody((FailureCode)code, "T", "m", "s").Encode().ToArray());
        await Assert.ThrowsAsync<RemoteException>(() => call.Patiently());
    }

    internal sealed class Trap : Exception
    {
        public Trap() => Made = true;

        public Trap(string message) : base(message) => Made = true;

        public static bool Made { get; private set; }
    }
}
