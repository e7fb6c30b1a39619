namespace Flame.Chaos;

/// <summary>A place where a round happens, and the ways to break it.</summary>
internal abstract class Platform : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>What can go wrong, besides the death of the parent.</summary>
    public abstract IReadOnlyList<(string Name, Func<Random, CancellationToken, Task> Happen)> Faults { get; }

    /// <summary>Boots the parent of a round.</summary>
    public abstract Task<IParentMachine> StartParentAsync(IReadOnlyDictionary<string, string> environment, CancellationToken ct);

    /// <summary>Takes away what is still wrong from the round before.</summary>
    public abstract Task HealAsync();

    /// <summary>What is there that should not be, by name.</summary>
    public abstract IReadOnlyList<string> Leftovers();

    public abstract ValueTask DisposeAsync();

    /// <summary>The program that plays all parts.</summary>
    protected static string Program => Path.ChangeExtension(typeof(Platform).Assembly.Location, null);
}

/// <summary>The parent of a round.</summary>
internal interface IParentMachine
{
    /// <summary>Completes with its exit code.</summary>
    Task<int> Exited { get; }

    /// <summary><c>kill -9</c>.</summary>
    void Kill();

    /// <summary>Removes what is left of it from the platform.</summary>
    Task RemoveAsync();
}
