namespace Flame.Links;

/// <summary>A way to carry frames between two processes. What is above it sees a duplex stream of bytes and nothing else.</summary>
internal abstract class LinkCarrier
{
    /// <summary>The scheme of its endpoints: <c>unix</c>, <c>tcp</c>, <c>https</c>, <c>pipe</c>.</summary>
    public abstract string Scheme { get; }

    /// <summary>Whether an executor reaches this endpoint by it.</summary>
    public virtual bool CanDial(string endpoint) => endpoint.StartsWith(Scheme + ":", StringComparison.Ordinal);

    /// <summary>Opens the parent's end.</summary>
    public abstract Task<LinkListener> ListenAsync(CancellationToken ct);

    /// <summary>
    /// Dials the parent from an executor. Throws <see cref="IOException"/> when nobody answers. Ends on a thread that may be
    /// blocked until the parent has said something, for that is what an executor does there.
    /// </summary>
    /// <param name="endpoint">An endpoint that a listener of the same scheme made.</param>
    /// <param name="certificatePin">The SHA-256 of the parent's certificate, where the carrier is encrypted.</param>
    /// <param name="ct">Ends the try.</param>
    public abstract Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct);
}

/// <summary>The parent's open end of a carrier.</summary>
internal abstract class LinkListener : IAsyncDisposable
{
    /// <summary>What an executor dials, for example <c>unix:/tmp/flame-1-ab/link.sock</c> or <c>https://10.0.0.7:41231</c>.</summary>
    public abstract string Endpoint { get; }

    /// <summary>All that one executor may dial, the best first.</summary>
    public virtual IReadOnlyList<string> EndpointsOf(string executor) => [Endpoint];

    /// <summary>Whether nobody can come in any more: what it listens on was taken away.</summary>
    public virtual bool IsGone => false;

    /// <summary>The base64url SHA-256 of the DER certificate, or <see langword="null"/> for a carrier that never leaves the host.</summary>
    public virtual string? CertificatePin => null;

    /// <summary>Takes the fate of each connection that was cut off before it had become a stream.</summary>
    public Action<RefusalKind>? CutOff { get; set; }

    /// <summary>So many executors are being booted, and may come at once.</summary>
    public virtual void Expect(int executors)
    {
    }

    /// <summary>The one behind this stream is an executor: its connection is no stranger's.</summary>
    public virtual void Admitted(Stream stream)
    {
    }

    /// <summary>An executor has hung up with the program that it got, and is about to be reachable once more, as it: who goes to his executors goes again.</summary>
    public virtual void ComesAgain(string executor)
    {
    }

    /// <summary>Waits for the next connection; throws <see cref="OperationCanceledException"/> once disposed.</summary>
    public abstract ValueTask<Stream> AcceptAsync(CancellationToken ct);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
