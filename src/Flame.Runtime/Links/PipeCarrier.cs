using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace Flame.Links;

/// <summary>Inside one process, for the in-process backend and for tests of lost and silent links.</summary>
internal sealed class PipeCarrier : LinkCarrier
{
    private const string Prefix = "pipe:";

    // Process-wide, for an executor's side knows nothing but the endpoint.
    private static readonly ConcurrentDictionary<string, PipeListener> s_listeners = new();
    private static long s_lastId;

    public override string Scheme => "pipe";

    /// <summary>Called with every connection that is made to a listener of this carrier: the place to cut or freeze it.</summary>
    public Action<PipeConnection>? Connected { get; init; }

    public override Task<LinkListener> ListenAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var listener = new PipeListener(this, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Interlocked.Increment(ref s_lastId)}"));
        s_listeners[listener.Endpoint] = listener;
        return Task.FromResult<LinkListener>(listener);
    }

    public override Task<Stream> DialAsync(string endpoint, string? certificatePin, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return s_listeners.TryGetValue(endpoint, out var listener) && listener.Connect() is { } stream
            ? Task.FromResult<Stream>(stream)
            : Task.FromException<Stream>(new IOException($"Nobody answers at {endpoint}"));
    }

    private sealed class PipeListener(PipeCarrier carrier, string endpoint) : LinkListener
    {
        private readonly Channel<Stream> _waiting = Channel.CreateUnbounded<Stream>();

        public override string Endpoint => endpoint;

        public PipeEnd? Connect()
        {
            var connection = new PipeConnection();
            if (!_waiting.Writer.TryWrite(connection.ParentEnd))
                return null;
            carrier.Connected?.Invoke(connection);
            return connection.ExecutorEnd;
        }

        public override async ValueTask<Stream> AcceptAsync(CancellationToken ct)
        {
            try
            {
                return await _waiting.Reader.ReadAsync(ct).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                throw new OperationCanceledException("The listener was disposed.");
            }
        }

        public override async ValueTask DisposeAsync()
        {
            s_listeners.TryRemove(Endpoint, out _);
            _waiting.Writer.TryComplete();

            // As a closed socket does with what nobody has accepted.
            while (_waiting.Reader.TryRead(out var stream))
                await stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
