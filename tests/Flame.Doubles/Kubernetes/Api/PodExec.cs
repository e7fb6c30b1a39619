using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Kubernetes;

/// <summary>
/// A program in a pod's container through the API, without input: v4.channel.k8s.io and v5, where channel 1 and 2 have what it prints and 3 how it ended. It runs where the
/// container's process runs, with its environment.
/// </summary>
internal sealed class PodExec(KubernetesDouble cluster)
{
    private static readonly string[] s_protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    public async Task ServeAsync(ApiRequest request)
    {
        var http = request.Http;
        var pod = cluster.Store.Get(request.Key) ?? throw ApiError.NotFound(ResourceKind.Pods, request.Name);
        var process = ProcessOf(request, pod);
        string[] words = [.. http.Request.Query["command"].OfType<string>()];
        if (words.Length == 0) throw ApiError.BadRequest("you must specify at least 1 command for the container");
        if (!http.WebSockets.IsWebSocketRequest) throw ApiError.BadRequest("Upgrade request required");
        var protocol = s_protocols.FirstOrDefault(http.WebSockets.WebSocketRequestedProtocols.Contains)
            ?? throw ApiError.BadRequest($"unable to upgrade: no supported protocol of {string.Join(", ", http.WebSockets.WebSocketRequestedProtocols)}");

        using var socket = await http.WebSockets.AcceptWebSocketAsync(protocol).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, cluster.Server.Stopping);
        try
        {
            await RunAsync(socket, process, words, end.Token).ConfigureAwait(false);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, end.Token).ConfigureAwait(false);
        }
        catch (Exception cut) when (cut is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone.
        }
    }

    private int ProcessOf(ApiRequest request, JsonObject pod)
    {
        var names = pod.Items("spec", "containers").Select(c => c.Text("name")!).ToArray();
        var name = request.Query("container");
        if (string.IsNullOrEmpty(name)) name = names[0];
        if (!names.Contains(name)) throw ApiError.BadRequest($"container {name} is not valid for pod {request.Name}");
        return cluster.Kubelet.Run(request.Namespace, request.Name)?.Containers.FirstOrDefault(c => c.Name == name)?.Process is { Exited.IsCompleted: false } running
            ? running.Id : throw new ApiError(500, "InternalError", $"container not found (\"{name}\")");
    }

    private static async Task RunAsync(WebSocket socket, int process, string[] words, CancellationToken ct)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/");
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = new FileInfo(place + "cwd").LinkTarget };
        start.Environment.Clear();
        foreach (var variable in (await File.ReadAllTextAsync(place + "environ", ct).ConfigureAwait(false)).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)))
            start.Environment[variable[0]] = variable[1];

        using var sending = new SemaphoreSlim(1);
        Process run;
        try
        {
            run = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            await SendAsync(3, Encoding.UTF8.GetBytes(Status("InternalError", $"error executing command in container: exec: \"{words[0]}\": {e.Message}"))).ConfigureAwait(false);
            return;
        }

        using (run)
        {
            try
            {
                run.StandardInput.Close();
                await Task.WhenAll(CopyAsync(1, run.StandardOutput.BaseStream), CopyAsync(2, run.StandardError.BaseStream), run.WaitForExitAsync(ct)).ConfigureAwait(false);
                await SendAsync(3, Encoding.UTF8.GetBytes(run.ExitCode == 0 ? """{"metadata":{},"status":"Success"}""" : Failed(run.ExitCode))).ConfigureAwait(false);
            }
            finally
            {
                if (!run.HasExited) run.Kill(entireProcessTree: true);
            }
        }

        async Task CopyAsync(byte channel, Stream from)
        {
            var buffer = new byte[4096];
            while (await from.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var read) await SendAsync(channel, buffer.AsMemory(0, read)).ConfigureAwait(false);
        }

        async Task SendAsync(byte channel, ReadOnlyMemory<byte> data)
        {
            byte[] message = [channel, .. data.Span];
            await sending.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, ct).ConfigureAwait(false);
            }
            finally
            {
                sending.Release();
            }
        }
    }

    private static string Status(string reason, string message) => new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = message, ["reason"] = reason, ["code"] = 500 }.ToJsonString();

    private static string Failed(int exit) => new JsonObject
    {
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = $"command terminated with non-zero exit code: exit status {exit}",
        ["reason"] = "NonZeroExitCode",
        ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = exit.ToString(CultureInfo.InvariantCulture) }) },
    }.ToJsonString();
}
