namespace Flame.Model;

/// <summary>What the product would give a thread to do: from a work item's beginning to its end, with pauses.</summary>
internal sealed class Strand(ulong id, int number, string name, Action work, int priority)
{
    /// <summary>Who it is in any order of things: made of who began it, and how many that had begun before.</summary>
    public ulong Id => id;

    public int Begun { get; set; }

    public int Decisions { get; set; }

    public string Name { get; } = $"{name} #{number}";

    public Action Work => work;

    public int Priority { get; set; } = priority;

    /// <summary>Where its stack is, once it has begun.</summary>
    public Worker? Worker { get; set; }

    /// <summary>The last point that it came to.</summary>
    public string At { get; set; } = "";

    public object? WaitsFor { get; set; }

    public override string ToString() => WaitsFor is null ? Name : $"{Name} at {At}";
}

/// <summary>A thread that keeps the stack of one strand at a time. Strands that end do so without a change of threads.</summary>
internal sealed class Worker
{
    private readonly Baton _baton = new();
    private World? _world;
    private Strand? _strand;

    public Worker(int number) => new Thread(Live, 1024 * 1024) { IsBackground = true, Name = $"worker {number}" }.Start();

    public void Go(World world, Strand strand)
    {
        (_world, _strand) = (world, strand);
        Resume();
    }

    public void Resume() => _baton.Pass();

    public void Wait() => _baton.Wait();

    private void Live()
    {
        while (true)
        {
            Wait();
            if (_world is null) return;
            _world.Work(this, _strand!);
        }
    }
}

/// <summary>The workers of one run after another. One run at a time.</summary>
internal sealed class Crew : IDisposable
{
    private readonly Stack<Worker> _free = new();
    private int _made;

    public Worker Take()
    {
        lock (_free) return _free.TryPop(out var worker) ? worker : new Worker(++_made);
    }

    public void Give(Worker worker)
    {
        lock (_free) _free.Push(worker);
    }

    public void Dispose()
    {
        while (_free.TryPop(out var worker)) worker.Go(null!, null!);
    }
}

/// <summary>Lets one thread go on. It never spins: the two would fight for a processor.</summary>
internal sealed class Baton
{
    private bool _passed;

    public void Pass()
    {
        lock (this)
        {
            _passed = true;
            Monitor.Pulse(this);
        }
    }

    public void Wait()
    {
        lock (this)
        {
            while (!_passed) Monitor.Wait(this);
            _passed = false;
        }
    }
}
