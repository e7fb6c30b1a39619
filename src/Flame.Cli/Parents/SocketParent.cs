using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Flame.Control;
using Flame.Links;

namespace Flame.Cli.Parents;

/// <summary>A parent of this user on this machine.</summary>
internal sealed class SocketParent(ControlAddress address) : IParent
{
    public ControlAddress Address => address;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"process {address.Process}");

    /// <summary>Whether somebody listens.</summary>
    public bool IsThere() => SocketDirectory.IsListening(address.Path);

    public async IAsyncEnumerable<AnswerLine> AskAsync(ControlRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stream = await ConnectAsync(request, ct).ConfigureAwait(false);
        await foreach (var line in AnswerReader.ReadAsync(stream, Name, ct).ConfigureAwait(false)) yield return line;
    }

    private async Task<NetworkStream> ConnectAsync(ControlRequest request, CancellationToken ct)
    {
        var socket = SocketCarrier.Create(AddressFamily.Unix);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Path), ct).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(new byte[][] { JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), "\n"u8.ToArray() }.SelectMany(static part => part).ToArray(), ct).ConfigureAwait(false);
            return stream;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose();
            throw new ToolException("FLM5004", $"{Name} does not answer at {address.Path}: {e.Message}");
        }
    }
}
