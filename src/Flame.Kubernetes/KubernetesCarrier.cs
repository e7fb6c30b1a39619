using Flame.Grpc;
using Flame.Links;

namespace Flame.Kubernetes;

/// <summary>
/// Links of pods: to a port of the parent where executors can reach it, else over a forwarded port that the parent comes
/// through. Which of them, the parent knows once it has opened its cluster; an executor reads it off the endpoint.
/// </summary>
internal sealed class KubernetesCarrier(Func<Task<LinkPlan>> plan, Func<bool> allowPlainText) : LinkCarrier
{
    private readonly ReverseCarrier _reverse = new();

    public override string Scheme => Uri.UriSchemeHttps;

    public override bool CanDial(string endpoint) => _reverse.CanDial(endpoint) || Dialled().CanDial(endpoint);

    public override async Task<LinkListener> ListenAsync(CancellationToken ct)
    {
        var chosen = await plan().WaitAsync(ct).ConfigureAwait(false);
        if (chosen.Reverse is { } listener) return listener;
        return await new GrpcCarrier(chosen.Dialled!).ListenAsync(ct).ConfigureAwait(false);
    }

    public override Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct) =>
        (_reverse.CanDial(endpoint) ? (LinkCarrier)_reverse : Dialled()).DialAsync(endpoint, certificatePin, ct);

    private GrpcCarrier Dialled() => new(new GrpcLinkOptions { AllowPlainText = allowPlainText() });
}

/// <summary>How links come about: either where the parent listens, or that it comes to the executors.</summary>
internal sealed record LinkPlan(GrpcLinkOptions? Dialled, ReverseListener? Reverse);
