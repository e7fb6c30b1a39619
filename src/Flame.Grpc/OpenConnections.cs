using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Flame.Grpc;

/// <summary>
/// Counts what still needs the server: the open door, and every connection that came through it. Kestrel is stopped
/// only behind the last one, since to stop it closes connections under links whose end has not been read yet.
/// </summary>
internal sealed class OpenConnections
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1;

    /// <summary>Completes when the door is closed and all connections are gone.</summary>
    public Task None => _none.Task;

    /// <summary>Where connections come in.</summary>
    public Socket? Door { get; set; }

    /// <summary>Closes the door: from now on nobody gets in.</summary>
    public void Close()
    {
        Door?.Dispose();
        Leave();
    }

    /// <summary>The part of Kestrel's pipeline that counts.</summary>
    public ConnectionDelegate Count(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref _count);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    };

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
    }
}
