using Flame.Links;

namespace Flame.Live;

/// <summary>Gives what has arrived to the caller's object, one after another.</summary>
/// <param name="lent">Whose objects they are.</param>
/// <param name="take">Gives it one.</param>
/// <param name="taken">One was taken that had held back so much credit.</param>
internal sealed class Delivery<TItem>(LentArguments lent, Func<TItem, ValueTask> take, Action<int> taken)
{
    private readonly ItemQueue<TItem> _items = new();
    private Task? _running;

    public bool IsEmpty => _items.IsEmpty;

    public bool HasBegun => Volatile.Read(ref _running) is not null;

    /// <summary>On the read loop.</summary>
    public void Add(TItem item, int cost)
    {
        _items.Add(item, cost);
        if (_running is null) Volatile.Write(ref _running, lent.Run(RunAsync));
    }

    public void Stop() => _items.End(drop: true);

    public Task EndAsync()
    {
        _items.End();
        return Volatile.Read(ref _running) ?? Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        try
        {
            do
            {
                while (_items.TryTake(out var item, out var cost))
                {
                    await take(item).ConfigureAwait(false);
                    taken(cost);
                }
            }
            while (await _items.MoreAsync().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Stop();
            lent.Failed(e);
        }
    }
}
