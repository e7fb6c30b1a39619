using System.Globalization;
using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Live;

/// <summary>What stands for the caller's live objects, in the executor, for as long as one call. Guarded by the sender's gate.</summary>
internal sealed class BorrowedArguments(FrameSender sender, ulong call, string method, int limit)
{
    private readonly List<BorrowedChannel> _channels = [];
    private Exception? _stopped;

    /// <summary>Why the call fails, whatever its method says: something that it sent to the caller got lost.</summary>
    public PayloadException? Fault { get; private set; }

    /// <summary>The bytes that wait to be sent.</summary>
    public long Waiting { get; set; }

    public CallerProgress<T, TCodec> Progress<T, TCodec>(int channel, string name) where TCodec : struct, IPayloadCodec<T> =>
        Add(new CallerProgress<T, TCodec>(name, this, WireOf(channel)));

    public CallerItems<T, TCodec> Items<T, TCodec>(int channel, string name) where TCodec : struct, IPayloadCodec<T> =>
        Add(new CallerItems<T, TCodec>(name, WireOf(channel)));

    public CallerStream Stream(int channel, string name, LiveTraits traits, long length) => new(
        Add(new StreamChannel(name, (traits & LiveTraits.CanRead) != 0, (traits & LiveTraits.CanWrite) != 0, WireOf(channel))), traits, length);

    /// <summary>The number of the channel that this exception came from, if it did.</summary>
    public string? ChannelThatThrew(Exception thrown)
    {
        lock (sender.Gate) return _channels.Find(channel => ReferenceEquals(channel.Thrown, thrown))?.Number.ToString(CultureInfo.InvariantCulture);
    }

    /// <exception cref="WireException">There is none.</exception>
    public LiveChannel ChannelOf(ushort number)
    {
        lock (sender.Gate) return _channels.Find(channel => channel.Number == number) ?? throw new WireException($"the call has no channel {number}");
    }

    public PayloadException Fail(PayloadException reason)
    {
        Fault ??= reason;
        return reason;
    }

    /// <summary>Nothing more is sent or waited for.</summary>
    public void Stop(Exception because)
    {
        lock (sender.Gate)
        {
            if (_stopped is not null) return;
            _stopped = because;
            foreach (var channel in _channels) channel.Stop(because);
        }
    }

    /// <summary>The method has ended. Completes when all that it sent is on its way, or nobody wants it any more.</summary>
    public async Task EndAsync()
    {
        BorrowedChannel[] channels;
        lock (sender.Gate) channels = [.. _channels];
        foreach (var channel in channels) await channel.SentAsync().ConfigureAwait(false);
        Stop(FlameErrors.CallHasEnded(method));
    }

    private ChannelWire WireOf(int channel) => new(sender, call, (ushort)channel, method, limit);

    private TChannel Add<TChannel>(TChannel channel) where TChannel : BorrowedChannel
    {
        lock (sender.Gate)
        {
            _channels.Add(channel);
            if (_stopped is not null) channel.Stop(_stopped);
        }

        return channel;
    }
}
