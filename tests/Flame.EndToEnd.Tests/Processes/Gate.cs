using System.Net;
using System.Net.Sockets;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>The test's end of <see cref="Gates"/>: tells which process runs a call, and lets the call go.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Visitor> _visitors = [];

    public Gate() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether a call has come that was not taken yet.</summary>
    public bool HasNext => _listener.Pending();

    public async Task<Visitor> NextAsync()
    {
        var socket = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Patiently();
        var introduction = new byte[8];
        for (var got = 0; got < introduction.Length;)
            got += await socket.ReceiveAsync(introduction.AsMemory(got)).AsTask().Patiently() is > 0 and var read ? read : throw new IOException("it left");
        var visitor = new Visitor(socket, BitConverter.ToInt32(introduction), BitConverter.ToInt32(introduction, 4));
        _visitors.Add(visitor);
        return visitor;
    }

    public async Task<Visitor[]> NextAsync(int count)
    {
        var visitors = new Visitor[count];
        for (var i = 0; i < count; i++) visitors[i] = await NextAsync();
        return visitors;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var visitor in _visitors) visitor.Socket.Dispose();
    }

    /// <param name="Socket">Its connection.</param>
    /// <param name="Process">Where the call runs.</param>
    /// <param name="Child">What it started there, or 0.</param>
    internal sealed record Visitor(Socket Socket, int Process, int Child)
    {
        public void LetGo() => Socket.Send([1]);
    }
}
