namespace Flame.Executor.Tests.Live;

/// <summary>A progress that does at once what it is given to do; the framework's own posts it somewhere.</summary>
internal sealed class Told<T>(Action<T>? then = null) : IProgress<T>
{
    private readonly List<T> _reports = [];

    public List<T> Reports
    {
        get
        {
            lock (_reports) return [.. _reports];
        }
    }

    public void Report(T value)
    {
        lock (_reports) _reports.Add(value);
        then?.Invoke(value);
    }
}
