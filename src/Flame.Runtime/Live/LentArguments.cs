using System.Globalization;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Live;

/// <summary>
/// The live objects that a caller lends to one call, at the caller. Its code runs in its own context, never on a read
/// loop, and not after its await has ended, but for what was under way when it was cancelled.
/// </summary>
internal sealed class LentArguments(LiveArgument[] arguments, PendingCall call, FlamePool pool)
{
    private readonly Lock _gate = new();
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private LentChannel?[] _channels = [];

    // Of attempts that came to nothing; what was reported in them may still be on its way to the caller's objects.
    private LentChannel?[] _earlierChannels = [];
    private Task _earlier = Task.CompletedTask;
    private readonly TimeProvider _time = pool.Time;
    private readonly TimeSpan _grace = pool.Options.CancelGrace;
    private PendingCall? _call = call;

    /// <summary>What is seen of the call, for as long as its caller waits.</summary>
    public CallTelemetry? Telemetry => Volatile.Read(ref _call)?.Telemetry;

    /// <summary>The call is on its way to an executor. Called under the sender's gate.</summary>
    public void Begin(FrameSender sender, ulong id, string method, int limit)
    {
        var channels = new LentChannel?[arguments.Length];
        for (var i = 0; i < channels.Length; i++)
            channels[i] = arguments[i].Lend?.Invoke(this, new ChannelWire(sender, id, (ushort)(i + 1), method, limit));
        _channels = channels;
    }

    /// <exception cref="WireException">There is none.</exception>
    public LiveChannel ChannelOf(ushort number) =>
        (number <= _channels.Length ? _channels[number - 1] : null) ?? throw new WireException($"the call has no channel {number}");

    /// <summary>Whether the call may run on another executor: nothing was read of what can be read only once.</summary>
    public bool TryAgain()
    {
        if (Array.Exists(_channels, static channel => channel is { Touched: true })) return false;
        _earlierChannels = [.. _earlierChannels, .. _channels];
        _earlier = EndAsync(_earlierChannels);
        return true;
    }

    /// <summary>The caller's await has ended: nothing more is done in its name.</summary>
    public void Stop()
    {
        lock (_gate) _call = null;
        foreach (var channel in _channels) channel?.Stop();
        foreach (var channel in _earlierChannels) channel?.Stop();
    }

    /// <summary>The executor has said its last word on the call. Completes when all that it sent before is with the caller's objects.</summary>
    public Task EndAsync() => EndAsync([.. _earlierChannels, .. _channels]);

    /// <summary>The caller's own object threw at what the executor sent it: its await ends with that, and the method is asked to stop.</summary>
    public void Failed(Exception reason)
    {
        PendingCall? call;
        lock (_gate)
        {
            // As long as its caller waits, the object serves no other call.
            call = _call;
            call?.Hold();
        }

        call?.Abort(reason);
    }

    /// <summary>What the caller's own object threw, where the failure says no more than that.</summary>
    /// <exception cref="WireException">It did not throw.</exception>
    public Exception? ThrownBy(FailureBody failure)
    {
        if (failure.Code != FailureCode.LiveArgument) return null;
        return (int.TryParse(failure.Type, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= _channels.Length
            ? _channels[number - 1]?.Thrown : null) ?? throw new WireException("a live argument is said to have failed that has not");
    }

    /// <summary>Waits for the caller's code to see that it shall stop, as long as a method may take for that.</summary>
    public async Task WaitAsync(Task code) => await code.WaitAsync(_grace, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Runs the caller's code, behind what an earlier attempt still has to deliver.</summary>
    public Task Run(Func<Task> work)
    {
        if (_context is null) return Task.Run(RunAsync);
        var running = Task.CompletedTask;
        ExecutionContext.Run(_context, _ => running = Task.Run(RunAsync), null);
        return running;

        async Task RunAsync()
        {
            await _earlier.ConfigureAwait(false);
            await work().ConfigureAwait(false);
        }
    }

    private static Task EndAsync(LentChannel?[] channels) => Task.WhenAll(channels.Select(static channel => channel?.EndAsync() ?? Task.CompletedTask));
}
