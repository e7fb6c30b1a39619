namespace Flame.Links;

/// <summary>
/// Who has come to a door and is not admitted yet. Everybody may come, so their number and their time have an end: who takes
/// longer is cut off, and so is the one who has waited longest when there are too many. An executor introduces itself in the
/// breath in which it dials, so those who wait long are strangers. Thread-safe.
/// </summary>
internal sealed class Newcomers(TimeProvider time, TimeSpan patience)
{
    /// <summary>How many may be there at once besides those who are expected.</summary>
    public const int Strangers = 128;

    private readonly Lock _gate = new();
    private readonly List<Newcomer> _waiting = [];
    private int _room = Strangers;

    public int Count
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>So many executors may come at once: there is room for each of them twice, as one that was cut off comes again.</summary>
    public void Expect(int executors) => Volatile.Write(ref _room, Strangers + (2 * executors));

    public Newcomer Enter()
    {
        var newcomer = new Newcomer(this, new CancellationTokenSource(patience, time));
        lock (_gate)
        {
            _waiting.Add(newcomer);
            if (_waiting.Count > Volatile.Read(ref _room)) _waiting[0].MakeWay();
        }

        return newcomer;
    }

    private bool Leave(Newcomer newcomer)
    {
        lock (_gate) return _waiting.Remove(newcomer);
    }

    internal sealed class Newcomer(Newcomers all, CancellationTokenSource end) : IDisposable
    {
        private bool _madeWay;

        /// <summary>Fires when it is cut off, and never once it is disposed.</summary>
        public CancellationToken CutOff { get; } = end.Token;

        /// <summary>Why it was cut off; <see langword="null"/>: it was not.</summary>
        public RefusalKind? Fate => !CutOff.IsCancellationRequested ? null : Volatile.Read(ref _madeWay) ? RefusalKind.MadeWay : RefusalKind.Late;

        /// <summary>Nobody can take its place any more; its time goes on.</summary>
        public bool Stay() => all.Leave(this);

        /// <summary>It is admitted, or gone.</summary>
        public void Dispose()
        {
            all.Leave(this);
            end.Dispose();
        }

        /// <summary>Under the gate, so that it is not disposed meanwhile.</summary>
        internal void MakeWay()
        {
            Volatile.Write(ref _madeWay, true);
            all._waiting.Remove(this);

            // What is done about it is not done here: whoever comes in must not wait for that.
            _ = end.CancelAsync();
        }
    }
}
