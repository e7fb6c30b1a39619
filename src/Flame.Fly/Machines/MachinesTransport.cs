using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Flame.Fly.Machines;

/// <summary>
/// Sends calls: within the published pace, again where that is safe, and for as long as the caller's token allows. What
/// comes back is the answer's body, or a <see cref="MachinesException"/> that says what the failure means.
/// </summary>
internal sealed class MachinesTransport : IDisposable
{
    private static readonly ProductInfoHeaderValue s_agent = new("flame-dotnet", typeof(MachinesTransport).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient _http;
    private readonly FlyToken _token;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ResiliencePipeline _repeated;
    private readonly ResiliencePipeline _once;

    public MachinesTransport(Uri host, FlyToken token, TimeProvider time, ILogger log)
    {
        _token = token;
        _time = time;
        _log = log;
        Pace = new CallPace(time);

        // Its own limits are per call, and the pool that this works for lives for days.
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false }) { BaseAddress = new Uri(host, "/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        _repeated = Retrying(static failure => failure is MachinesFailure.NotSent or MachinesFailure.Throttled or MachinesFailure.Unanswered);
        _once = Retrying(static failure => failure is MachinesFailure.NotSent or MachinesFailure.Throttled);
    }

    public CallPace Pace { get; }

    public async Task<T> SendAsync<T>(MachinesCall call, JsonTypeInfo<T> answer, CancellationToken ct) where T : class
    {
        var body = await SendAsync(call, ct).ConfigureAwait(false);
        try
        {
            if (JsonSerializer.Deserialize(body, answer) is { } read) return read;
        }
        catch (JsonException)
        {
            // The cause is dropped: it quotes what came, and that may hold an executor's environment.
        }

        throw new MachinesException(MachinesFailure.Unanswered, $"Fly's answer to {call.Action} could not be read");
    }

    public async Task<byte[]> SendAsync(MachinesCall call, CancellationToken ct) =>
        await (call.Repeatable ? _repeated : _once).ExecuteAsync(
            static async (state, ct) => await state.Self.TryAsync(state.Call, ct).ConfigureAwait(false), (Self: this, Call: call), ct).ConfigureAwait(false);

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> TryAsync(MachinesCall call, CancellationToken ct)
    {
        await Pace.WaitAsync(call.Action, call.Subject, () => call.Report?.Invoke($"waits for Fly's rate limit ({(call.Action == MachinesCall.Get ? 5 : 1)} {call.Action} a second)"), ct).ConfigureAwait(false);
        try
        {
            return await (call.Abandoned is null ? OnceAsync(call, ct) : UncutAsync(call, call.Abandoned, ct)).ConfigureAwait(false);
        }
        catch (MachinesException e)
        {
            if (e.Failure == MachinesFailure.Throttled) Pace.Hold(call.Action, call.Subject, e.RetryAfter ?? TimeSpan.FromSeconds(1));
            FlyLog.CallFailed(_log, call.Action, call.Subject, e.Message);
            call.Report?.Invoke(e.Message);
            throw;
        }
    }

    private async Task<byte[]> UncutAsync(MachinesCall call, Action<Task<byte[]>> abandoned, CancellationToken ct)
    {
        var exchange = OnceAsync(call, CancellationToken.None);
        try
        {
            return await exchange.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            abandoned(exchange);
            throw;
        }
    }

    private async Task<byte[]> OnceAsync(MachinesCall call, CancellationToken ct)
    {
        using var request = Request(call);
        using var patience = new CancellationTokenSource(call.Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            using var response = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? body : throw FailedAnswer.Read(call.Action, response, body, _token, _time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new MachinesException(MachinesFailure.Unanswered, $"Fly did not answer {call.Action} within {call.Patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The innermost says what happened. Nothing of the request is in these messages, and the token is taken out all the same.
            var failure = e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError }
                ? MachinesFailure.NotSent : MachinesFailure.Unanswered;
            throw new MachinesException(failure, _token.Clean($"Fly's API at {_http.BaseAddress!.Authority} did not answer {call.Action}: {e.GetBaseException().Message}"));
        }
    }

    private HttpRequestMessage Request(MachinesCall call)
    {
        var request = new HttpRequestMessage(call.Method, call.Path);
        request.Headers.Authorization = _token.Header;
        request.Headers.UserAgent.Add(s_agent);
        if (call.Nonce is { } nonce) request.Headers.Add("fly-machine-lease-nonce", nonce);
        if (call.Body is { } body) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return request;
    }

    // Without an end of its own: whoever calls has a budget.
    private ResiliencePipeline Retrying(Func<MachinesFailure, bool> safe) => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is MachinesException e && safe(e.Failure)),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = TimeSpan.FromSeconds(5),
            DelayGenerator = static args => ValueTask.FromResult((args.Outcome.Exception as MachinesException)?.RetryAfter),
        })
        .Build();
}
