using System.Diagnostics.CodeAnalysis;
using Flame.Wire;

namespace Flame.Live;

/// <summary>What a caller's object gives, one after another; each is valid until the next.</summary>
internal interface ISource : IAsyncDisposable
{
    /// <summary>The next one; none: that was the last.</summary>
    ValueTask<ReadOnlyMemory<byte>?> NextAsync();
}

/// <summary>Sends what a caller's object gives, as far as the executor asks for it; until it does, the object is not touched.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without timer or handle has nothing to dispose, and the caller's code may hold its token beyond the call.")]
internal sealed class Supply(LentArguments lent, ChannelWire wire, bool creditGrows, Func<CancellationToken, ISource> open)
{
    private static readonly byte[] s_nothing = new byte[4];

    private readonly Outgoing _outgoing = wire.NewOutgoing(credit: 0, creditGrows);
    private readonly CancellationTokenSource _stop = new();
    private Task? _running;

    public bool HasBegun => Volatile.Read(ref _running) is not null;

    /// <summary>What the object threw.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>On the read loop.</summary>
    public void AddCredit(int units)
    {
        wire.AddCredit(_outgoing, units);
        if (_running is null) Volatile.Write(ref _running, lent.Run(RunAsync));
    }

    /// <summary>Nobody wants more of it.</summary>
    public void Stop()
    {
        wire.Drop(_outgoing);

        // What is registered with the token is the caller's code: not on this thread.
        _ = _stop.CancelAsync();
    }

    /// <summary>Completes when the object is left alone, or does not heed its token.</summary>
    public Task EndAsync()
    {
        Stop();
        return Volatile.Read(ref _running) is { IsCompleted: false } running ? lent.WaitAsync(running) : Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        Exception? thrown = null;
        try
        {
            if (!await wire.ReadyAsync(_outgoing).ConfigureAwait(false)) return;
            var source = open(_stop.Token);
            await using (source.ConfigureAwait(false))
            {
                while (await wire.ReadyAsync(_outgoing).ConfigureAwait(false)
                       && await source.NextAsync().ConfigureAwait(false) is { } next
                       && wire.SendItem(_outgoing, next))
                {
                }
            }
        }
        catch (Exception e)
        {
            thrown = e;
        }

        // Of one that was left before its end nothing is said.
        if (_stop.IsCancellationRequested) return;
        Thrown = thrown;
        if (thrown is null) wire.Say(FrameKind.Result, s_nothing);
        else wire.Say(FrameKind.Failure, FailureBody.Of(thrown).Encode());
    }
}
