using Flame.Links;
using Xunit;

namespace Flame.Tests.Links;

public sealed class TcpCarrierTests : DiallingCarrierTests
{
    private protected override LinkCarrier Carrier { get; } = new SocketCarrier(useTcp: true);

    [Fact]
    public async Task It_listens_on_loopback_only()
    {
        await using var listener = await Carrier.ListenAsync(CancellationToken.None);

        Assert.StartsWith("tcp:127.0.0.1:", listener.Endpoint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp:10.0.0.7:80")]
    [InlineData("tcp:nonsense")]
    [InlineData("unix:relative/link.sock")]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("")]
    public async Task Anything_that_is_not_on_this_host_is_refused_undialled(string endpoint) =>
        await Assert.ThrowsAsync<IOException>(() => Carrier.DialAsync(endpoint, null, CancellationToken.None));
}
