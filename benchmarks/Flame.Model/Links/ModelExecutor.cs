using Flame.Backends;
using Flame.Links;
using Flame.Wire;

namespace Flame.Model;

/// <summary>
/// An executor that answers its calls in any order, and may announce that it goes, ignore a cancellation, die with its last words on
/// their way, or fall silent. It knows what a parent may do, and says when one does otherwise.
/// </summary>
internal sealed partial class ModelExecutor(World world, Books books, string name, int concurrency) : BackendExecutor
{
    private readonly TaskCompletionSource<BackendExit> _exited = new();
    private readonly List<byte> _heard = [];
    private readonly List<HeldCall> _held = [];
    private ModelStream? _stream;
    private bool _stepping;
    private bool _wanted;
    private bool _gone;
    private bool _silent;
    private bool _leaves;
    private bool _toldToGo;

    public override string Description => name;

    public override Task<BackendExit> Exited => _exited.Task;

    public bool IsGone => _gone && _exited.Task.IsCompleted;

    public int Stops { get; private set; }

    /// <summary>Calls that it has and has not answered. Of one that is silent nobody knows.</summary>
    public int Held => _gone ? 0 : _silent ? 1 : _held.Count;

    public void Come(LinkAcceptor door)
    {
        if (_gone) return;
        _stream = new ModelStream(world, books, this);
        door.Arrive(name, _stream);
        Say(FrameKind.Hello, FrameFlags.Reply, 0, []);
    }

    public void ComeAndGo(LinkAcceptor door)
    {
        if (_gone) return;
        _stream = new ModelStream(world, books, this);
        door.Arrive(name, _stream);
        Die("exited with code 1");
    }

    /// <summary>The parent's bytes; none: it has closed.</summary>
    public void Hear(byte[] bytes)
    {
        _heard.AddRange(bytes);
        Again();
    }

    public void Die(string reason)
    {
        _gone = true;
        _stream?.End();
        _exited.TrySetResult(new BackendExit(reason));
    }

    public override Task StopAsync(CancellationToken ct)
    {
        Stops++;
        if (!_gone)
        {
            _gone = true;
            _stream?.Break();
        }

        _exited.TrySetResult(new BackendExit("was stopped"));
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => default;

    private void Again()
    {
        _wanted = true;
        if (_stepping || _gone || _silent) return;
        _stepping = true;
        world.Post(name, Step);
    }

    private void Step()
    {
        _wanted = false;
        if (!_gone && !_silent)
        {
            Read();
            if (_stream!.ClosedByParent) Die("exited with code 73");
            else Act();
        }

        _stepping = false;
        if (_wanted) Again();
    }

    private void Read()
    {
        var bytes = _heard.ToArray().AsSpan();
        var all = bytes.Length;
        while (bytes.Length >= FrameHeader.Size && FrameHeader.Read(bytes) is var header && bytes.Length >= FrameHeader.Size + header.Length)
        {
            On(header, bytes.Slice(FrameHeader.Size, header.Length));
            bytes = bytes[(FrameHeader.Size + header.Length)..];
        }

        _heard.RemoveRange(0, all - bytes.Length);
    }

    private void On(FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Call:
                OnCall(header, body);
                break;
            case FrameKind.Cancel:
                foreach (var call in _held.Where(call => call.Id == header.Call)) call.Cancelled = true;
                break;
            case FrameKind.Drain:
                if (_toldToGo) world.Fail($"{name} was told to go twice");
                world.Note("is told to go");
                _toldToGo = true;
                break;
            case FrameKind.Ping:
                Say(FrameKind.Ping, FrameFlags.Reply, 0, []);
                break;
        }
    }

    private void OnCall(FrameHeader header, ReadOnlySpan<byte> body)
    {
        // Method, budget, the length of all; then the number, and where the payload is large more than fits a frame.
        if ((header.Flags & FrameFlags.Continuation) != 0)
        {
            if (_held.Find(call => call.Id == header.Call) is { } begun) begun.Missing -= body.Length;
            return;
        }

        var id = header.Call;
        var number = BitConverter.ToInt32(body[20..]);
        world.Note($"gets call {number}");
        if (_toldToGo) world.Fail($"{name} was sent a call after it was told to go");
        if (_held.Count >= concurrency) world.Fail($"{name} was sent more calls than it runs at the same time");
        if (_held.Exists(call => call.Id == id)) world.Fail($"{name} was sent two calls by one id");
        if (_leaves)
        {
            Say(FrameKind.Failure, FrameFlags.None, id, new FailureBody(FailureCode.NotStarted, "", "", "").Encode());
            return;
        }

        var entry = books.Of(number);
        if (++entry.Begun > (entry.Idempotent ? 1 + ModelBackend.Retries : 1)) world.Fail($"call {number} was begun {entry.Begun} times");
        _held.Add(new HeldCall(id, entry) { Missing = BitConverter.ToInt32(body[16..]) - (body.Length - 20) });
    }
}
