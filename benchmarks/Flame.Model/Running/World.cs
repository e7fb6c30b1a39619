namespace Flame.Model;

/// <summary>
/// One run: the strands that are alive in it, which of them goes on, and what time it is. Exactly one strand runs at any moment, so
/// nothing here is guarded. Every point at which threads could take turns comes here and is decided by <see cref="Choices"/> alone: the
/// same choices are the same run.
/// </summary>
internal sealed class World(Crew crew, Choices choices, WorldRules rules)
{
    private const int MostSteps = 50_000;
    private const int MostIdleSpells = 400;

    [ThreadStatic] private static World? t_current;

    private readonly List<Strand> _runnable = [];
    private readonly List<Strand> _blocked = [];
    private readonly Baton _over = new();
    private readonly Dictionary<object, object> _belongings = [];
    private int _strands;
    private int _steps;
    private int _idleSpells;
    private bool _ending;
    private bool _mainEnded;

    /// <summary>The run that this thread works for; <see langword="null"/>: none, and whatever is controlled behaves as always.</summary>
    public static World? Current => t_current;

    public WorldRules Rules => rules;

    public ModelClock Clock => field ??= new(this);

    public Strand Running { get; private set; } = null!;

    /// <summary>What went wrong; <see langword="null"/>: nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>What happened, where somebody wants to read it.</summary>
    public List<string>? Diary { get; init; }

    /// <summary>How often what happened, in all runs.</summary>
    public Dictionary<string, long>? Tally { get; init; }

    public int Steps => _steps;

    /// <summary>Runs from the first strand to the last; on the caller's thread nothing of it happens.</summary>
    public void Run(Func<Task> main)
    {
        Post("main", () => _ = MainAsync(main));
        var first = _runnable[0];
        _runnable.RemoveAt(0);
        crew.Take().Go(this, first);
        _over.Wait();
    }

    /// <summary>Something that threads would do at the same time as everything else.</summary>
    public void Post(string name, Action work)
    {
        Post(NewId(), name, work);
    }

    public void Post(ulong id, string name, Action work)
    {
        if (!_ending) _runnable.Add(new Strand(id, ++_strands, name, work, choices.Priority()));
    }

    /// <summary>Of something that the running strand begins.</summary>
    public ulong NewId() => Running is null ? 2 : Choices.Mixed(Running.Id ^ ((ulong)++Running.Begun << 32));

    /// <summary>Here another strand may go first.</summary>
    public void Point(string what)
    {
        if (_ending) throw new RunEnded();
        if (++_steps > MostSteps) Fail("it does not end");
        Running.At = what;
        var next = Pick(Running);
        if (next is not null && next != Running) Hand(next);
    }

    /// <summary>The strand goes on when <see cref="Wake"/> is called for the same thing.</summary>
    public void BlockOn(object what)
    {
        if (_ending) throw new RunEnded();
        Running.WaitsFor = what;
        _blocked.Add(Running);
        var next = Pick(null);
        if (next is null) EndAll();
        else if (next != Running) Hand(next);
        if (_ending) throw new RunEnded();
    }

    public void Wake(object what)
    {
        for (var i = 0; i < _blocked.Count; i++)
        {
            if (_blocked[i].WaitsFor != what) continue;
            _runnable.Add(_blocked[i]);
            _blocked.RemoveAt(i--);
        }
    }

    /// <summary>A decision that is not about turns.</summary>
    public int Choose(int among, string what)
    {
        var chosen = choices.What(among, Running);
        if (chosen > 0) Note($"{what}: {chosen}");
        return chosen;
    }

    /// <summary>For the figures of many runs.</summary>
    public void Count(string what)
    {
        if (Tally is not null) Tally[what] = Tally.GetValueOrDefault(what) + 1;
    }

    public void Note(string what) => Diary?.Add($"{Running.Name}: {what}");

    /// <summary>A promise is broken: the run ends here.</summary>
    public void Fail(string because)
    {
        if (_ending) throw new RunEnded();
        Failure ??= because;
        Note($"FAILS: {because}");
        _ending = true;
        throw new RunEnded();
    }

    /// <summary>What a thing that outlives runs keeps for this one.</summary>
    public T Belonging<T>(object of) where T : class, new()
    {
        if (_belongings.TryGetValue(of, out var found)) return (T)found;
        var made = new T();
        _belongings.Add(of, made);
        return made;
    }

    /// <summary>On its worker: runs strands until one that is paused goes on elsewhere.</summary>
    public void Work(Worker worker, Strand first)
    {
        t_current = this;
        for (var strand = first; strand is not null; strand = Next(worker))
        {
            strand.Worker = worker;
            Running = strand;
            try
            {
                strand.Work();
            }
            catch (RunEnded)
            {
            }
            catch (Exception e)
            {
                Failure ??= $"a thread threw {e.GetType().Name}: {e.Message}";
                Diary?.Add($"{strand.Name}: {e}");
                _ending = true;
            }
        }
    }

    private async Task MainAsync(Func<Task> main)
    {
        try
        {
            await main().Controlled();
        }
        catch (Exception e) when (e is not RunEnded)
        {
            Diary?.Add(e.ToString());
            Fail($"the run threw {e.GetType().Name}: {e.Message}");
        }

        _mainEnded = true;
    }

    /// <summary>What this worker starts next; <see langword="null"/> when a paused strand goes on, or the run is over.</summary>
    private Strand? Next(Worker worker)
    {
        var next = Pick(null);
        if (next is { Worker: null }) return next;
        t_current = null;
        if (next is null && !_ending && !_mainEnded) Failure ??= $"it hangs: {string.Join(", ", _blocked)}";
        if (next is null && !_ending && _blocked.Count > 0) Failure ??= $"threads wait for each other: {string.Join(", ", _blocked)}";
        if (next is null) next = Unwound();
        crew.Give(worker);
        if (next is null)
        {
            _over.Pass();
            return null;
        }

        Running = next;
        next.Worker!.Resume();
        return null;
    }

    /// <summary>The next of those that are still in the middle of something: it is thrown out of it.</summary>
    private Strand? Unwound()
    {
        _ending = true;
        _runnable.RemoveAll(static strand => strand.Worker is null);
        _runnable.AddRange(_blocked);
        _blocked.Clear();
        if (_runnable.Count == 0) return null;
        var next = _runnable[0];
        _runnable.RemoveAt(0);
        return next;
    }

    private void EndAll()
    {
        Failure ??= $"threads wait for each other: {string.Join(", ", _blocked)}";
        _ending = true;
        _blocked.Remove(Running);
    }

    /// <summary>Who goes on: the one who runs, any other who can, or the clock.</summary>
    private Strand? Pick(Strand? me)
    {
        if (_ending) return me ?? Unwound();
        while (true)
        {
            var others = _runnable.Count;
            var hurry = rules.Hasty && !_mainEnded && Clock.HasTimer && others > 0;
            if (me is null && others == 0)
            {
                // Heartbeats go on for ever: who waits for longer than any limit waits for nothing.
                if (_mainEnded || ++_idleSpells > MostIdleSpells || !Clock.Advance()) return null;
                continue;
            }

            var first = me is null ? 0 : 1;
            var chosen = choices.Turn(me, _runnable, hurry, Running);
            if (chosen == first + others)
            {
                Clock.Advance();
                Diary?.Add($"— the clock: {Clock.Said}");
                continue;
            }

            if (chosen < first) return me;
            var next = _runnable[chosen - first];
            _runnable.RemoveAt(chosen - first);
            if (me is not null) _runnable.Add(me);
            Diary?.Add(next.Worker is null ? $"→ {next}" : $"→ {next}, at {next.At}");
            return next;
        }
    }

    private void Hand(Strand next)
    {
        var me = Running;
        Running = next;
        if (next.Worker is { } paused) paused.Resume();
        else crew.Take().Go(this, next);
        me.Worker!.Wait();
        Running = me;
        if (_ending) throw new RunEnded();
    }
}

/// <summary>Leaves whatever was going on when a run is over.</summary>
internal sealed class RunEnded : Exception;

/// <summary>What is different about a run.</summary>
/// <param name="Hasty">Time may pass while there is something to do: every thread is as slow as it likes.</param>
/// <param name="Sabotage">What is broken on purpose.</param>
internal readonly record struct WorldRules(bool Hasty, Sabotage Sabotage);

/// <summary>A bug that is planted: the model must find it.</summary>
internal enum Sabotage
{
    None,

    /// <summary>Locks let everybody in.</summary>
    OpenLocks,

    /// <summary>What is atomic is a read and then a write.</summary>
    TornAtomics,
}
