using System.Collections.Concurrent;
using Flame.Model;

namespace Flame;

/// <summary>Stands in front of the framework's: whoever ends it while its callback runs waits for that, and the schedule sees the wait.</summary>
internal readonly struct CancellationTokenRegistration : IDisposable, IAsyncDisposable
{
    private readonly Node? _node;

    private CancellationTokenRegistration(Node node) => _node = node;

    public static CancellationTokenRegistration Of(Action<object?, CancellationToken> callback, object? state, CancellationToken ct)
    {
        var node = new Node(callback, state);
        node.Registration = ct.UnsafeRegister(static (node, ct) => ((Node)node!).Run(ct), node);
        return new CancellationTokenRegistration(node);
    }

    public bool Unregister()
    {
        World.Current?.Point("the end of a registration");
        return _node is not null && _node.Registration.Unregister();
    }

    public void Dispose()
    {
        if (_node is null) return;
        World.Current?.Point("the end of a registration");
        _node.Registration.Unregister();
        while (World.Current is { } world && _node.RunBy is { } by && by != world.Running) world.BlockOn(_node);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private sealed class Node(Action<object?, CancellationToken> callback, object? state)
    {
        public System.Threading.CancellationTokenRegistration Registration;
        public Strand? RunBy;

        public void Run(CancellationToken ct)
        {
            RunBy = World.Current?.Running;
            try
            {
                callback(state, ct);
            }
            finally
            {
                RunBy = null;
                World.Current?.Wake(this);
            }
        }
    }
}

internal static class Registrations
{
    public static CancellationTokenRegistration ControlledRegister(this CancellationToken ct, Action<object?> callback, object? state) =>
        CancellationTokenRegistration.Of((state, _) => callback(state), state, ct);

    public static CancellationTokenRegistration ControlledRegister(this CancellationToken ct, Action<object?, CancellationToken> callback, object? state) =>
        CancellationTokenRegistration.Of(callback, state, ct);
}

/// <summary>Stands in front of the framework's: what it keeps belongs to one run.</summary>
internal sealed class ConcurrentQueue<T>
{
    private readonly Queue<T> _outside = new();

    public int Count => Items.Count;

    private Queue<T> Items => World.Current?.Belonging<Queue<T>>(this) ?? _outside;

    public bool TryDequeue([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
    {
        World.Current?.Point("a queue");
        return Items.TryDequeue(out item);
    }

    public void Enqueue(T item)
    {
        World.Current?.Point("a queue");
        Items.Enqueue(item);
    }
}
