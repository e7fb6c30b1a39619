using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Flame.Links;
using Microsoft.AspNetCore.Connections;

namespace Flame.Grpc;

/// <summary>A connection that the door has accepted, as Kestrel sees it.</summary>
internal sealed class HandedConnection : DefaultConnectionContext
{
    // A record of TLS, so that one is read at once.
    private const int BufferSize = 16 * 1024;

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HandedConnection(Stream stream, Socket socket, Newcomers.Newcomer newcomer)
        : base(CorrelationId, new Duplex(stream), null!)
    {
        _socket = socket;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Features.Set(newcomer);
    }

    /// <summary>Completes when Kestrel has done with it.</summary>
    public Task Gone => _gone.Task;

    // Nothing is logged by it.
    private static string CorrelationId => "link";

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _socket.Dispose();
        base.Abort(abortReason);
    }

    public override async ValueTask DisposeAsync()
    {
        // The last bytes may find a broken connection, or one that nobody reads.
        await Transport.Input.CompleteAsync().ConfigureAwait(false);
        await Transport.Output.CompleteAsync().AsTask().WaitAsync(s_farewell, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync().ConfigureAwait(false);
        _gone.TrySetResult();
    }

    private sealed class Duplex(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(MemoryPool<byte>.Shared, BufferSize, leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(MemoryPool<byte>.Shared, BufferSize, leaveOpen: true));
    }
}
