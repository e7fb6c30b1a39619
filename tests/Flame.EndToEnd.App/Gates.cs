using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Flame.EndToEnd;

/// <summary>
/// Marked methods that show where they run and stay there until a test lets them go: each dials the test, says its
/// process and waits for one byte.
/// </summary>
internal static class Gates
{
    [Flame(Pool = "main")]
    public static async Task<int> PassAsync(int port, CancellationToken ct) => await VisitAsync(port, 0, ct);

    [Flame(Pool = "main", Idempotent = true)]
    public static async Task<int> PassAgainAsync(int port, CancellationToken ct) => await VisitAsync(port, 0, ct);

    /// <summary>Prints, so that the line is among the last of its process, and stays.</summary>
    [Flame(Pool = "main")]
    public static async Task<int> PrintAndPassAsync(int port, string line)
    {
        Console.WriteLine(line);
        return await VisitAsync(port, 0, CancellationToken.None);
    }

    /// <summary>Starts a process of its own, then stays; one that does not heed its token blocks its thread as well.</summary>
    [Flame(Pool = "main")]
    public static async Task<int> PassWithChildAsync(int port, bool heed, CancellationToken ct)
    {
        using var child = Process.Start("sleep", "600");
        if (heed) return await VisitAsync(port, child.Id, ct);

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(Introduction(child.Id));
        socket.Receive(new byte[1]);
        return Environment.ProcessId;
    }

    /// <summary>Stays, then shows in a file that it came to its end, or how it was stopped.</summary>
    [Flame(Pool = "main")]
    public static async Task<int> PassAndWriteAsync(int port, string file, CancellationToken ct)
    {
        using var child = Process.Start("sleep", "600");
        var words = "stopped";
        try
        {
            await VisitAsync(port, child.Id, ct);
            words = "done";
        }
        finally
        {
            await File.WriteAllTextAsync(file + ".part", words, CancellationToken.None);
            File.Move(file + ".part", file);
        }

        return Environment.ProcessId;
    }

    private static async Task<int> VisitAsync(int port, int child, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, ct);
        await socket.SendAsync(Introduction(child), ct);
        await socket.ReceiveAsync(new byte[1], ct);
        return Environment.ProcessId;
    }

    private static byte[] Introduction(int child) => [.. BitConverter.GetBytes(Environment.ProcessId), .. BitConverter.GetBytes(child)];
}
