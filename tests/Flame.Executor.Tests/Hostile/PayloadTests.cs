using System.Globalization;
using Flame.Executor.Tests.Links;
using Flame.Wire;

namespace Flame.Executor.Tests.Hostile;

/// <summary>Lengths that are a lie fail the call that they answer, with a typed error, and nothing else.</summary>
public sealed class PayloadTests
{
    /// <summary>The method, and the numbers and bytes that its answer is made of.</summary>
    public static TheoryData<string, string> Answers => new()
    {
        // Eight bytes that MemoryPack follows out of the payload, until the process ends.
        { "text", "-2147483648 -1" },
        { "text", "-2147483647 0" },
        { "text", "-2147483645 -2147483648" },
        { "text", "2147483647" },
        { "text", "1073741824 7" },
        { "text", "-5 2000000000 b1 b1 b1 b1" },
        { "text", "-5 5 b65 b65 b65 b65" },
        { "text", "-3 2 b255 b255" },
        { "text", "-2" },
        { "text", "b1 b2" },
        { "bytes", "-2" },
        { "bytes", "2147483647" },
        { "bytes", "9 b1" },
        { "wide", "67108864 0 0 0 0" },
        { "wide", "1 0" },
        { "wide", "-2147483648" },
        { "number", "2147483647" },
        { "number", "-1" },
        { "texts", "2147483647 -1 -1" },
        { "texts", "2 -1" },
        { "texts", "-7" },
        { "texts", "1 -2147483648 -1" },
        { "wides", "3 0 0 0" },
        { "wides", "-2147483648" },
        { "lines", "2 0 -2147483648 -1" },
        { "lines", "1000000 0 0" },
        { "map", "2147483647" },
        { "map", "1 -2147483648 -1" },
        { "map", "1 -1 " + Zeros },
        { "map", "2 -2 1 b65 " + Zeros + " -2 1 b65 " + Zeros },
        { "tuple", "7 -2147483648 -1" },
        { "nullable", "b1 -2147483648 -1" },
        { "grid", "b3 65536 65536 0" },
        { "grid", "b3 65536 65536 4 0" },
        { "grid", "b3 -1 -1 1 0" },
        { "grid", "b3 46341 46341 2147483647" },
        { "grid", "b3 2 2 3 0 0 0" },
        { "grid", "b9 1 1 1 0" },
        { "cube", "b4 1048576 1048576 1048576 0" },
        { "cube", "b4 1 1 1 1 0" },
        { "set", "2147483647" },
        { "set", "1 -2147483648 -1" },
        { "list", "1 -2147483648 -1" },
        { "uri", "-2147483648 -1" },
        { "culture", "-2147483648 -1" },
        { "zone", "-2147483648 -1" },
        { "zone", "-3 2 b65 b65" },
    };

    private const string Zeros = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Length_that_is_a_lie_fails_its_call_and_nothing_else(string method, string answer)
    {
        await using var pool = HostilePool.Start();
        var call = HostileWork.CallAsync(method);
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();
        var bytes = Bytes(answer);

        await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(bytes.Length, bytes));

        var error = await Assert.ThrowsAsync<PayloadException>(() => call.Patiently());
        Assert.Equal("FLM2010", error.Id);
        await sibling.LivesAsync();

        // The link is as it was.
        var next = WireWork.EchoAsync([1]);
        id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await hostile.SendAsync(FrameKind.Result, id, WireEnd.Begin(5, [1, 0, 0, 0, 7]));
        Assert.Equal([7], await next.Patiently());
    }

    [Fact]
    public async Task Item_whose_length_is_a_lie_fails_its_stream_and_nothing_else()
    {
        await using var pool = HostilePool.Start();
        var items = WireWork.BlobsAsync(1, 1, CancellationToken.None).GetAsyncEnumerator();
        var first = items.MoveNextAsync().AsTask();
        await using var hostile = await pool.ConnectAsync();
        var id = (await hostile.NextAsync(FrameKind.Call)).Call;
        await using var sibling = await pool.SiblingAsync();

        await hostile.SendAsync(FrameKind.Item, id, WireEnd.Begin(4, Bytes("-2")));

        await Assert.ThrowsAsync<PayloadException>(() => first.Patiently());
        Assert.Equal(id, (await hostile.NextAsync(FrameKind.Cancel)).Call);
        await items.DisposeAsync();
        await sibling.LivesAsync();
    }

    // A number is four bytes, and a number behind a b is one.
    private static byte[] Bytes(string answer) =>
        [.. answer.Split(' ').SelectMany(part => part[0] == 'b' ? [byte.Parse(part[1..], CultureInfo.InvariantCulture)] : BitConverter.GetBytes(int.Parse(part, CultureInfo.InvariantCulture)))];
}
