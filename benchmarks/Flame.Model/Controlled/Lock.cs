using Flame.Model;

namespace System.Threading;

/// <summary>Stands in front of the framework's: <c>lock</c> over it is <see cref="EnterScope"/>, and who gets in is the schedule's choice.</summary>
internal sealed class Lock
{
    private readonly object _outside = new();
    private Strand? _owner;
    private int _depth;

    public bool IsHeldByCurrentThread => World.Current is null ? Monitor.IsEntered(_outside) : _owner == World.Current.Running;

    public Scope EnterScope()
    {
        Enter();
        return new Scope(this);
    }

    public void Enter()
    {
        if (World.Current is not { } world)
        {
            Monitor.Enter(_outside);
            return;
        }

        world.Point("a lock");
        if (world.Rules.Sabotage == Sabotage.OpenLocks) return;
        while (_owner is not null && _owner != world.Running) world.BlockOn(_outside);
        _owner = world.Running;
        _depth++;
    }

    public void Exit()
    {
        if (World.Current is not { } world)
        {
            if (Monitor.IsEntered(_outside)) Monitor.Exit(_outside);
            return;
        }

        if (world.Rules.Sabotage != Sabotage.OpenLocks && --_depth == 0)
        {
            _owner = null;
            world.Wake(_outside);
        }

        world.Point("the end of a lock");
    }

    public ref struct Scope
    {
        private Lock? _lock;

        internal Scope(Lock taken) => _lock = taken;

        public void Dispose()
        {
            var taken = _lock;
            _lock = null;
            taken?.Exit();
        }
    }
}
