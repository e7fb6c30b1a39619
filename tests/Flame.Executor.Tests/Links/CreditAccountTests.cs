using CsCheck;
using Flame.Wire;

namespace Flame.Executor.Tests.Links;

/// <summary>What a receiver gives back, against a sender that uses all it gets.</summary>
public sealed class CreditAccountTests
{
    [Fact]
    public void Sender_never_waits_for_credit_that_nothing_will_bring()
    {
        Gen.Select(Gen.Int[0, 2].Array[1, 400], Gen.Int[0, 200_000].Array[1, 12], Gen.Bool).Sample((steps, sizes, grows) =>
        {
            var line = new Line(grows ? Outgoing.MostCreditOfItems : Outgoing.InitialCredit);
            foreach (var step in steps)
            {
                if (step == 0) line.Send(sizes[line.Sent % sizes.Length]);
                else if (step == 1) line.Take();
                else line.Deliver();
                Assert.InRange(line.Credit, int.MinValue, line.Most);
            }

            line.Settle();
            Assert.InRange(line.Credit, 1, line.Most);
        });
    }

    [Fact]
    public void Who_takes_items_as_fast_as_they_come_gets_as_many_at_once_as_there_may_be()
    {
        var line = new Line(Outgoing.MostCreditOfItems);
        for (var i = 0; i < 20; i++)
        {
            while (line.Send(10))
            {
            }

            line.Settle();
        }

        Assert.InRange(line.SentAtOnce, Outgoing.MostCreditOfItems / 2, Outgoing.MostCreditOfItems);
    }

    [Fact]
    public void Who_lets_items_wait_is_never_given_more_than_at_first()
    {
        var line = new Line(Outgoing.MostCreditOfItems);
        for (var i = 0; i < 10_000; i++)
        {
            while (line.Send(10))
            {
            }

            line.Take();
            line.Deliver();
        }

        Assert.Equal(Outgoing.InitialCredit, line.MostWaiting);
    }

    [Fact]
    public void Sender_that_takes_its_time_is_never_given_more_than_at_first()
    {
        var line = new Line(Outgoing.MostCreditOfItems);
        for (var i = 0; i < 10_000; i++)
        {
            line.Send(10);
            line.Settle();
        }

        while (line.Send(10))
        {
        }

        Assert.InRange(line.MostWaiting, 1, Outgoing.InitialCredit);
    }

    [Fact]
    public void Large_items_are_never_given_more_than_at_first()
    {
        var line = new Line(Outgoing.MostCreditOfItems);
        for (var i = 0; i < 1_000; i++)
        {
            while (line.Send(FrameHeader.ChunkSize))
            {
            }

            line.Settle();
        }

        Assert.InRange(line.SentAtOnce, 1, Outgoing.InitialCredit / 3 + 1);
    }

    /// <summary>Both ends, and what is on its way between them.</summary>
    private sealed class Line(int most)
    {
        private readonly CreditAccount _account = new(most);
        private readonly Queue<int> _waiting = new();
        private int _granted;
        private int _run;

        public int Most => most;

        public int Credit { get; private set; } = Outgoing.InitialCredit;

        public int Sent { get; private set; }

        /// <summary>The most items that were sent between two grants.</summary>
        public int SentAtOnce { get; private set; }

        public int MostWaiting { get; private set; }

        public bool Send(int size)
        {
            if (Credit <= 0) return false;
            for (var left = size; ;)
            {
                // A sender goes on with an item when it has credit again: that of what is taken, and of its own pieces.
                for (var more = true; Credit <= 0 && more; Deliver()) more = Take();
                Assert.InRange(Credit, 1, most);
                var piece = Math.Min(left, FrameHeader.ChunkSize);
                Credit -= Outgoing.Cost(piece);
                _granted += _account.Arrived(piece);
                left -= piece;
                if (left == 0) break;
            }

            _waiting.Enqueue(_account.Whole());
            Sent++;
            SentAtOnce = Math.Max(SentAtOnce, ++_run);
            MostWaiting = Math.Max(MostWaiting, _waiting.Count);
            return true;
        }

        public bool Take()
        {
            if (!_waiting.TryDequeue(out var cost)) return false;
            _granted += _account.Taken(cost, _waiting.Count == 0);
            return true;
        }

        public void Deliver()
        {
            if (_granted > 0) _run = 0;
            Credit += _granted;
            _granted = 0;
        }

        public void Settle()
        {
            while (Take())
            {
            }

            Deliver();
        }
    }
}
