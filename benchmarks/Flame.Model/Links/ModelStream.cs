using Flame.Links;

namespace Flame.Model;

/// <summary>The parent's end of a link whose other end is a <see cref="ModelExecutor"/>. Reads are cut anywhere, writes end late.</summary>
internal sealed class ModelStream(World world, Books books, ModelExecutor executor) : LinkStream
{
    private readonly List<byte> _arrived = [];
    private TaskCompletionSource<int>? _reading;
    private Memory<byte> _into;
    private bool _ended;
    private bool _broken;

    public bool ClosedByParent { get; private set; }

    /// <summary>The executor's bytes.</summary>
    public void Say(byte[] bytes)
    {
        if (ClosedByParent || _ended || _broken) return;
        _arrived.AddRange(bytes);
        Pump();
    }

    /// <summary>The executor closes; what it said before is still read.</summary>
    public void End()
    {
        _ended = true;
        Pump();
    }

    /// <summary>The connection breaks; what was not read is lost.</summary>
    public void Break()
    {
        _broken = true;
        if (_arrived.Count > 0) books.WordsLost = true;
        _arrived.Clear();
        Pump();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        world.Point("a read");
        ObjectDisposedException.ThrowIf(ClosedByParent, this);
        if (_broken) throw new IOException("Connection reset by peer");
        if (_arrived.Count > 0) return new(Take(buffer));
        if (_ended) return new(0);
        _into = buffer;
        _reading = new();
        return new(_reading.Task);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        world.Point("a write");
        ObjectDisposedException.ThrowIf(ClosedByParent, this);
        if (_broken || (_ended && world.Choose(2, "a write to nobody breaks") == 1)) throw new IOException("Broken pipe");
        var bytes = buffer.ToArray();
        if (world.Choose(3, "a write ends late") != 1)
        {
            executor.Hear(bytes);
            return default;
        }

        var written = new TaskCompletionSource();
        world.Post("a write", () =>
        {
            // The buffer is the link's again only when the write has ended: what it holds by then is what was sent.
            if (!bytes.AsSpan().SequenceEqual(buffer.Span)) world.Fail("a buffer was filled while it was written");
            executor.Hear(bytes);
            written.TrySetResult();
        });
        return new(written.Task);
    }

    protected override void Dispose(bool disposing)
    {
        if (ClosedByParent) return;
        ClosedByParent = true;
        executor.Hear([]);
        var reading = _reading;
        _reading = null;
        reading?.TrySetException(new ObjectDisposedException("the link"));
        base.Dispose(disposing);
    }

    private void Pump()
    {
        if (_reading is not { } reading) return;
        if (_broken)
        {
            _reading = null;
            reading.TrySetException(new IOException("Connection reset by peer"));
        }
        else if (_arrived.Count > 0)
        {
            _reading = null;
            reading.TrySetResult(Take(_into));
        }
        else if (_ended)
        {
            _reading = null;
            reading.TrySetResult(0);
        }
    }

    private int Take(Memory<byte> buffer)
    {
        var count = Math.Min(_arrived.Count, buffer.Length);
        if (world.Choose(4, "a read is cut") == 1) count = (count + 1) / 2;
        _arrived[..count].ToArray().CopyTo(buffer);
        _arrived.RemoveRange(0, count);
        return count;
    }
}
