using System.Net.WebSockets;
using Flame.Backends;
using Flame.Grpc;
using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Logging;

namespace Flame.Kubernetes;

/// <summary>Brings the parent to an executor that waits at a port of its pod, through the API server.</summary>
internal sealed class PortForward(k8s.Kubernetes client, string @namespace, ReverseListener listener, ILogger log, TimeProvider time)
{
    private const string Protocol = "v4.channel.k8s.io";

    // A program opens its port a moment after its container runs; one that is not there by then is not asked for as often.
    private const int Soon = 20;

    private static readonly TimeSpan s_shortPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Comes to the executor once its container runs, and to a stock executor once more when it has the program.</summary>
    public async Task ConnectAsync(PodExecutor executor, string name, CancellationToken ct)
    {
        await executor.Running.WaitAsync(ct).ConfigureAwait(false);
        await ReachAsync(executor, name, ct).ConfigureAwait(false);
        if (await listener.AgainAsync(name).WaitAsync(ct).ConfigureAwait(false)) await ReachAsync(executor, name, ct).ConfigureAwait(false);
    }

    /// <summary>The executor is gone: its port is nobody's.</summary>
    public void Forget(string executor) => listener.Forget(executor);

    /// <summary>Tries again until it is there: a program needs a moment to open its port.</summary>
    private async Task ReachAsync(PodExecutor executor, string name, CancellationToken ct)
    {
        for (var tries = 1; !executor.Exited.IsCompleted; tries++)
        {
            try
            {
                var bytes = await OpenAsync(executor.Name, listener.PortOf(name), ct).ConfigureAwait(false);
                await listener.AddAsync(bytes, ct).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is IOException or WebSocketException or HttpOperationException or HttpRequestException)
            {
                // The first times it has hardly begun.
                if (tries % 25 == 0) KubernetesLog.NotReached(log, name, ClusterCalls.Words(e));
                await Task.Delay(tries < Soon ? s_shortPause : s_pause, time, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task<PortForwardStream> OpenAsync(string pod, int port, CancellationToken ct)
    {
        var socket = await client.WebSocketNamespacedPodPortForwardAsync(pod, @namespace, [port], Protocol, cancellationToken: ct).ConfigureAwait(false);
        return new PortForwardStream(socket);
    }
}
