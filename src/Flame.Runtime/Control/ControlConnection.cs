using System.Buffers.Binary;
using System.Net.Sockets;
using Flame.Links;

namespace Flame.Control;

/// <summary>One who came to the control socket: a line is read, and answered.</summary>
internal sealed class ControlConnection(Socket socket, FlamePools pools)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public async Task ServeAsync(CancellationToken end)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        if (!IsThisUser(socket)) return;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(end);
        var line = await ReadLineAsync(stream, gone.Token).AsTask().WaitAsync(s_patience, TimeProvider.System, gone.Token).ConfigureAwait(false);
        if (line is not { Length: > 0 }) return;
        _ = LeaveAsync(stream, gone);
        await new ControlCommands(pools, ControlRights.Run).RunAsync(line.Value, stream, gone.Token).ConfigureAwait(false);
    }

    // The directory keeps others out; where the system tells who it is, that is asked too.
    private static bool IsThisUser(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return true;
        const int Level = 1, PeerCredentials = 17;
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(Level, PeerCredentials, credentials) < credentials.Length
            || (BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) : BinaryPrimitives.ReadUInt32BigEndian(credentials[4..])) == PathOwner.ThisUser;
    }

    /// <summary>The first line; cut where it is longer than a request may be, which no request is then.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct).ConfigureAwait(false);
            if (read == 0) return null;
            var at = Array.IndexOf(buffer, (byte)'\n', length, read);
            if (at >= 0) return buffer.AsMemory(0, at);
            length += read;
            if (length > ControlRequest.MostBytes) return buffer.AsMemory(0, length);
            if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
        }
    }

    /// <summary>Who goes away ends what was done for him.</summary>
    private static async Task LeaveAsync(Stream stream, CancellationTokenSource gone)
    {
        var rest = new byte[1024];
        try
        {
            while (await stream.ReadAsync(rest, gone.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // So are those who were killed, and so is one whose answer is over.
        }

        try
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It was over already.
        }
    }
}
