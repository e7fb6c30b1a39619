namespace Flame.EndToEnd.App;

/// <summary>What the application asks for by its interface.</summary>
internal interface IDesk
{
    /// <summary>The process that it is in.</summary>
    int Process { get; }

    /// <summary>Where it is worked at, and what an executor has for the interface: the class, the same for one call.</summary>
    Task<string> WorkAsync([FromServices] IDesk injected, CancellationToken ct = default);
}

internal sealed class Desk : IDesk
{
    public int Process => Environment.ProcessId;

    [Flame(Pool = "main")]
    public Task<string> WorkAsync([FromServices] IDesk injected, CancellationToken ct) =>
        Task.FromResult($"{Environment.ProcessId} {injected.GetType().Name} {ReferenceEquals(injected, this)}");
}
