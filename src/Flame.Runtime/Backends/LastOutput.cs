using Flame.Links;

namespace Flame.Backends;

/// <summary>
/// The wait for what a process wrote last, once it is gone: its pipes still hold it. They stay open for as long as somebody
/// that it started outside its group holds them, so the wait has an end; but it ends for silence, and not because this
/// process is too late to read.
/// </summary>
internal static class LastOutput
{
    /// <summary>How long nothing may come.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>How often something may come before the end: a child that goes on printing is not what is waited for.</summary>
    public const int Rounds = 10;

    /// <param name="read">Completes at the end of both pipes.</param>
    /// <param name="bytes">What was read so far.</param>
    /// <param name="time">The clock.</param>
    public static async Task ReadAsync(Task read, Func<long> bytes, TimeProvider time)
    {
        for (var round = 0; round < Rounds && !read.IsCompleted; round++)
        {
            var before = bytes();
            await Task.WhenAny(read, Task.Delay(Silence, time)).ConfigureAwait(false);
            if (read.IsCompleted) return;
            await PoolTurn.PassAsync().ConfigureAwait(false);
            if (bytes() == before) return;
        }
    }
}
