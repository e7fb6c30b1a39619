namespace Flame.Benchmarks;

/// <summary>Nothing is waited for for ever. Around whole measurements: around each call it would be measured with it.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Waits, and says whose answer did not come.</summary>
    /// <param name="whose">Who is measured.</param>
    /// <param name="measurement">What is waited for.</param>
    /// <param name="time">What it takes when every call is answered: it may take a minute more.</param>
    public static async Task<T> WaitAsync<T>(string whose, Task<T> measurement, TimeSpan time = default)
    {
        await WaitAsync(whose, (Task)measurement, time);
        return await measurement;
    }

    /// <inheritdoc cref="WaitAsync{T}"/>
    public static async Task WaitAsync(string whose, Task measurement, TimeSpan time = default)
    {
        try
        {
            await measurement.WaitAsync(time + Limit);
        }
        catch (TimeoutException exception) when (!measurement.IsCompleted)
        {
            throw new TimeoutException($"{whose}: no answer within {Limit.TotalSeconds:0} s", exception);
        }
    }
}
