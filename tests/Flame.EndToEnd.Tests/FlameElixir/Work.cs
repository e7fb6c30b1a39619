using System.Runtime.CompilerServices;

namespace Flame.EndToEnd.Tests.FlameElixir;

/// <summary>What FLAME's own tests run on their runners.</summary>
internal static class Work
{
    [Flame(Pool = "main")]
    public static Task<int> PidAsync() => Task.FromResult(Environment.ProcessId);

    [Flame(Pool = "main")]
    public static Task<int> RaiseAsync(string message) => throw new InvalidOperationException(message);

    [Flame(Pool = "main")]
    public static Task KillItselfAsync()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
        return Task.CompletedTask;
    }

    [Flame(Pool = "main")]
    public static Task HangAsync(CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);

    [Flame(Pool = "main", Timeout = "00:00:00.200")]
    public static Task HangWithTimeoutAsync(CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);

    /// <summary>Says where it runs, then holds its slot until it is left.</summary>
    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<int> HoldAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        yield return Environment.ProcessId;
        await Task.Delay(Timeout.Infinite, ct);
    }

    /// <summary>A call that has begun and goes on until it is disposed; the current item says where.</summary>
    public static async Task<IAsyncEnumerator<int>> HeldAsync()
    {
        var items = HoldAsync().GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync());
        return items;
    }
}
