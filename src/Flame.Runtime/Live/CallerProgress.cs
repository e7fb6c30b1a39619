using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Live;

/// <summary>Stands for the caller's progress: what is reported is sent, or waits to be sent, and nobody waits for it.</summary>
internal sealed class CallerProgress<T, TCodec> : BorrowedChannel, IProgress<T> where TCodec : struct, IPayloadCodec<T>
{
    private readonly string _what;
    private readonly BorrowedArguments _borrowed;
    private readonly Outgoing _outgoing;
    private readonly Queue<byte[]> _waiting = new();

    // While some wait; a report that is made meanwhile goes behind them.
    private TaskCompletionSource? _sending;

    public CallerProgress(string name, BorrowedArguments borrowed, ChannelWire wire) : base(wire, name)
    {
        (_what, _borrowed) = ($"report to '{name}'", borrowed);
        _outgoing = wire.NewOutgoing(Outgoing.InitialCredit, grows: true);
    }

    public void Report(T value)
    {
        var buffer = PayloadBuffer.Rent();
        try
        {
            Payloads.WriteInto<T, TCodec>(buffer, value, Wire.Limit, Wire.Method, _what);
            Send(buffer.Memory);
        }
        catch (PayloadException e)
        {
            throw _borrowed.Fail(e);
        }
        finally
        {
            buffer.Return();
        }
    }

    public override void Stop(Exception because)
    {
        _outgoing.Close();
        foreach (var report in _waiting) _borrowed.Waiting -= report.Length;
        _waiting.Clear();
    }

    public override async ValueTask SentAsync()
    {
        Task sending;
        lock (Wire.Sender.Gate) sending = _sending?.Task ?? Task.CompletedTask;
        await sending.ConfigureAwait(false);
        await Wire.ReadyAsync(_outgoing, credit: int.MinValue).ConfigureAwait(false);
    }

    protected override void OnCredit(int units) => Wire.AddCredit(_outgoing, units);

    private void Send(ReadOnlyMemory<byte> report)
    {
        bool flush, isFirst;
        lock (Wire.Sender.Gate)
        {
            // What is reported after the end is for nobody.
            if (_outgoing.Closed || Wire.Sender.Closed) return;
            isFirst = _sending is null && !_outgoing.Ready;
            if (_sending is not null || isFirst) Wait(report.ToArray());
            else Wire.Sender.AppendPayload(FrameKind.Item, Wire.Call, report.Length > FrameHeader.ChunkSize ? report.ToArray() : report, _outgoing);
            flush = Wire.Sender.Leave();
        }

        if (flush) Wire.Sender.Flush();
        if (isFirst) _ = SendWaitingAsync();
    }

    private void Wait(byte[] report)
    {
        if (_borrowed.Waiting + report.Length > Wire.Limit) throw FlameErrors.TooMuchWaits(Wire.Method, _what, _borrowed.Waiting + report.Length, Wire.Limit);
        _borrowed.Waiting += report.Length;
        _waiting.Enqueue(report);
        _sending ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task SendWaitingAsync()
    {
        while (await Wire.ReadyAsync(_outgoing).ConfigureAwait(false))
        {
            byte[]? next;
            lock (Wire.Sender.Gate)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    Sent();
                    return;
                }

                _borrowed.Waiting -= next.Length;
            }

            if (!Wire.SendItem(_outgoing, next)) break;
        }

        lock (Wire.Sender.Gate) Sent();
    }

    private void Sent()
    {
        _sending!.TrySetResult();
        _sending = null;
    }
}
