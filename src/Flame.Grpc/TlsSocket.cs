using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Flame.Grpc;

/// <summary>The socket below TLS. It knows whether the bytes ended before TLS said that they would: somebody died, or cut them off.</summary>
internal sealed class TlsSocket(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Whether the other end's bytes are over.</summary>
    public bool HasEnded { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // TLS would wait with an empty read first, to have no buffer while nothing comes: one more turn for each read of a
        // link, which has its buffer anyway.
        return buffer.IsEmpty ? new ValueTask<int>(0) : ReadSomeAsync(buffer, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken ct)
    {
        var count = await base.ReadAsync(buffer, ct).ConfigureAwait(false);
        if (count == 0) HasEnded = true;
        return count;
    }
}
