using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Flame.Control;
using k8s.Autorest;

namespace Flame.Kubernetes;

/// <summary>
/// Runs a program in a pod's container through the API server, over a WebSocket of <c>v4.channel.k8s.io</c>: every message begins with its channel, 1 and 2 for what is
/// printed and 3 for how it ended.
/// </summary>
/// <remarks>A program that is left goes on in its container until it prints or ends: Kubernetes has no way to end it.</remarks>
internal sealed class PodExec(k8s.Kubernetes client, string @namespace, string pod, string? container)
{
    private const string Protocol = "v4.channel.k8s.io";
    private const byte Output = 1;
    private const byte Error = 2;
    private const byte Status = 3;

    public async Task<int> RunAsync(IReadOnlyList<string> words, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct)
    {
        try
        {
            using var socket = await client.WebSocketNamespacedPodExecAsync(
                pod, @namespace, words, container, stderr: true, stdin: false, stdout: true, tty: false, Protocol, cancellationToken: ct).ConfigureAwait(false);
            var status = await ReadAsync(socket, print, ct).ConfigureAwait(false);
            await print(false, default).ConfigureAwait(false);
            await print(true, default).ConfigureAwait(false);
            return ExitOf(status, words[0]);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or WebSocketException)
        {
            const string Rule = "{ apiGroups: [\"\"], resources: [\"pods/exec\"], verbs: [\"create\", \"get\"] }";
            throw new ControlException("FLM5009", $"Nothing can be run in pod {pod}: {ClusterCalls.Words(e)}. Where it is a right that is missing, add to the parent's Role: {Rule}");
        }
    }

    private static async Task<string> ReadAsync(WebSocket socket, Func<bool, ReadOnlyMemory<byte>, Task> print, CancellationToken ct)
    {
        var status = new StringBuilder();
        var buffer = new byte[32 * 1024];
        int channel = -1;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close) return status.ToString();
            ReadOnlyMemory<byte> data = buffer.AsMemory(0, received.Count);
            if (channel < 0 && received.Count > 0) (channel, data) = (data.Span[0], data[1..]);

            // What is empty would say that no more comes.
            if (channel is Output or Error && !data.IsEmpty) await print(channel == Error, data).ConfigureAwait(false);
            else if (channel == Status) status.Append(Encoding.UTF8.GetString(data.Span));
            if (received.EndOfMessage) channel = -1;
        }
    }

    private int ExitOf(string status, string program)
    {
        if (status.Length == 0) throw new ControlException("FLM5009", $"How {program} ended in pod {pod} is not known: the connection was closed before.");
        using var document = JsonDocument.Parse(status);
        var root = document.RootElement;
        if (Text(root, "status") == "Success") return 0;
        if (Text(root, "reason") == "NonZeroExitCode" && root.TryGetProperty("details", out var details) && details.TryGetProperty("causes", out var causes))
        {
            foreach (var cause in causes.EnumerateArray())
            {
                if (Text(cause, "reason") == "ExitCode" && int.TryParse(Text(cause, "message"), System.Globalization.CultureInfo.InvariantCulture, out var exit)) return exit;
            }
        }

        throw new ControlException("FLM5009", $"{program} could not be run in pod {pod}: {Text(root, "message")}");

        static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
