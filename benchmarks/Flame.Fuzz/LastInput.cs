using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace Flame.Fuzz;

/// <summary>
/// The input that is being tried, in a file that outlives the process, and a watch over it: one that ends the process, or
/// never ends, is found there.
/// </summary>
internal sealed unsafe class LastInput : IDisposable
{
    private const int Size = 128 * 1024;
    private const int Header = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Timer _watch;
    private readonly byte* _bytes;
    private long _number;
    private long _watched;
    private bool _running;

    /// <param name="path">The file.</param>
    /// <param name="limit">How long one input may take.</param>
    /// <param name="hung">Called once, when one takes longer.</param>
    public LastInput(string path, TimeSpan limit, Action hung)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Size);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        _watch = new Timer(_ => Watch(hung), null, limit, limit);
    }

    public void Set(string target, ReadOnlySpan<byte> input)
    {
        Interlocked.Increment(ref _number);
        var bytes = new Span<byte>(_bytes, Size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, input.Length);
        bytes[4..Header].Clear();
        Encoding.UTF8.TryGetBytes(target, bytes[4..Header], out _);
        input.CopyTo(bytes[Header..]);
        Volatile.Write(ref _running, true);
    }

    public void Done() => Volatile.Write(ref _running, false);

    /// <summary>The target and the input that were tried last.</summary>
    public static (string Target, byte[] Input) Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return (Encoding.UTF8.GetString(bytes, 4, Header - 4).TrimEnd('\0'), bytes[Header..(Header + BinaryPrimitives.ReadInt32LittleEndian(bytes))]);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private void Watch(Action hung)
    {
        var number = Interlocked.Read(ref _number);
        if (Volatile.Read(ref _running) && number == _watched) hung();
        _watched = number;
    }
}
