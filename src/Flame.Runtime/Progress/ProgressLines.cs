namespace Flame.Progress;

/// <summary>Where progress is written. One at a time uses it.</summary>
internal abstract class ProgressLines
{
    /// <summary>How often there is something new to show.</summary>
    public abstract TimeSpan Pace { get; }

    /// <summary>Cells of a line.</summary>
    public abstract int Width { get; }

    /// <summary>What is now; none: nothing takes long any more.</summary>
    public abstract void Show(IReadOnlyList<string> lines);

    /// <summary>Something that stays.</summary>
    public abstract void Say(string line);

    /// <summary>Makes it as it was before.</summary>
    public virtual void Close()
    {
    }
}

/// <summary>Lines that stay, and only those that say something new.</summary>
internal sealed class PlainLines(TextWriter output) : ProgressLines
{
    private readonly HashSet<string> _last = [];

    public override TimeSpan Pace => TimeSpan.FromSeconds(10);

    public override int Width => int.MaxValue;

    public override void Show(IReadOnlyList<string> lines)
    {
        foreach (var line in lines.Where(line => !_last.Contains(line))) Say(line);
        _last.Clear();
        _last.UnionWith(lines);
    }

    public override void Say(string line)
    {
        output.Write($"flame: {line}{Environment.NewLine}");
        output.Flush();
    }
}
