using Flame.Wire;

namespace Flame.Live;

/// <summary>How one end of a live argument speaks to the other.</summary>
/// <param name="Sender">The link's.</param>
/// <param name="Call">The call.</param>
/// <param name="Number">The channel.</param>
/// <param name="Method">The called method, for messages.</param>
/// <param name="Limit">The largest payload.</param>
internal sealed record ChannelWire(FrameSender Sender, ulong Call, ushort Number, string Method, int Limit)
{
    /// <summary>What this end sends, with what credit it begins, and whether that may grow.</summary>
    public Outgoing NewOutgoing(int credit, bool grows = false) => new(Call, Number, credit, grows);

    public void Say(FrameKind kind, ReadOnlySpan<byte> body = default) => Sender.Send(kind, FrameFlags.None, Call, body, Number);

    public void Grant(int units)
    {
        if (units > 0) Sender.SendCredit(Call, units, Number);
    }

    public void AddCredit(Outgoing outgoing, int units)
    {
        bool flush;
        lock (Sender.Gate)
        {
            Sender.AddCredit(outgoing, units);
            flush = Sender.Leave();
        }

        if (flush) Sender.Flush();
    }

    /// <summary>Sends an item; its bytes must stay until <see cref="ReadyAsync"/>. False: nobody wants it any more.</summary>
    public bool SendItem(Outgoing outgoing, ReadOnlyMemory<byte> item)
    {
        bool flush;
        lock (Sender.Gate)
        {
            if (Sender.Closed || outgoing.Closed) return false;
            Sender.AppendPayload(FrameKind.Item, Call, item, outgoing);
            flush = Sender.Leave();
        }

        if (flush) Sender.Flush();
        return true;
    }

    /// <summary>Waits until everything is sent and there is this much credit. False: nobody wants it any more.</summary>
    public async ValueTask<bool> ReadyAsync(Outgoing outgoing, int credit = 1)
    {
        while (true)
        {
            Task wait;
            lock (Sender.Gate)
            {
                if (Sender.Closed || outgoing.Closed) return false;
                wait = FrameSender.When(outgoing, credit);
                if (wait.IsCompleted) return true;
            }

            await wait.ConfigureAwait(false);
        }
    }

    public void Drop(Outgoing outgoing)
    {
        lock (Sender.Gate) outgoing.Close();
    }
}
