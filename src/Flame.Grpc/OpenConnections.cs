using System.Net.Sockets;
using Flame.Links;
using Microsoft.AspNetCore.Connections;

namespace Flame.Grpc;

/// <summary>
/// Counts what still needs the server: the open door, and every connection that came through it. Kestrel is stopped
/// only behind the last one, since to stop it closes connections under links whose end has not been read yet. Each connection
/// is a newcomer from its first moment until an executor is admitted over it, whatever it does on the way: TLS, HTTP/2, a call.
/// </summary>
internal sealed class OpenConnections(TimeProvider time)
{
    /// <summary>Longer than an executor of a busy machine needs for TLS, HTTP/2 and its Hello, which has a limit of its own.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1;

    /// <summary>Completes when the door is closed and all connections are gone.</summary>
    public Task None => _none.Task;

    /// <summary>Those over which no executor is admitted.</summary>
    public Newcomers Strangers { get; } = new(time, s_patience);

    /// <summary>Takes the fate of each that was cut off.</summary>
    public Action<RefusalKind>? CutOff { get; set; }

    /// <summary>Where connections come in.</summary>
    public Socket? Door { get; set; }

    /// <summary>Closes the door: from now on nobody gets in.</summary>
    public void Close()
    {
        Door?.Dispose();
        Leave();
    }

    /// <summary>The part of Kestrel's pipeline that counts, in front of all others.</summary>
    public ConnectionDelegate Count(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref _count);
        try
        {
            using var newcomer = Strangers.Enter();
            await using var cut = newcomer.CutOff.UnsafeRegister(_ => Cut(connection, newcomer), null);
            connection.Features.Set(newcomer);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    };

    private void Cut(ConnectionContext connection, Newcomers.Newcomer newcomer)
    {
        connection.Abort();
        if (newcomer.Fate is { } fate) CutOff?.Invoke(fate);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
    }
}
