namespace Flame.Doubles.Kubernetes;

/// <summary>What a container printed, and the news of more.</summary>
internal sealed class ContainerLog
{
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset Time, string Line)> _lines = [];
    private TaskCompletionSource _more = New();
    private bool _ended;

    public void Add(DateTimeOffset time, string line) => Change(() => _lines.Add((time, line)));

    public void End() => Change(() => _ended = true);

    /// <summary>The lines from an index on, whether there can be more, and what completes when there are.</summary>
    public (IReadOnlyList<(DateTimeOffset Time, string Line)> Lines, bool Ended, Task More) Read(int from)
    {
        lock (_lock) return (_lines.Skip(from).ToArray(), _ended, _more.Task);
    }

    private void Change(Action change)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            change();
            (more, _more) = (_more, New());
        }

        more.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
