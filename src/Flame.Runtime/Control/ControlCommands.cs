using System.Text.Json;
using Flame.Observation;

namespace Flame.Control;

/// <summary>
/// What can be asked of the pools of a process: a request is one line of JSON, and its answer lines of JSON. It knows nothing of how they travel: the control
/// socket and the dashboard use it alike.
/// </summary>
internal sealed partial class ControlCommands(FlamePools pools, ControlRights rights, bool showsArguments = true)
{
    private const int MostLines = 1_000;
    private const int MostCalls = 1_000;

    /// <summary>Reads a request and answers it.</summary>
    /// <param name="line">What came, without its end of line.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="ct">Who asked is gone.</param>
    public async Task RunAsync(ReadOnlyMemory<byte> line, Stream output, CancellationToken ct)
    {
        ControlRequest? request = null;
        var wrong = "it is no object";
        try
        {
            if (line.Length > ControlRequest.MostBytes) wrong = $"it is longer than {ControlRequest.MostBytes} bytes";
            else request = JsonSerializer.Deserialize(line.Span, ControlJson.Default.ControlRequest);
        }
        catch (JsonException e)
        {
            wrong = e.Message;
        }

        if (request is not null) await RunAsync(request, output, ct).ConfigureAwait(false);
        else await FailAsync(new ControlOutput(output), "FLM5006", $"The request cannot be read: {wrong}. It is one line with one object, as docs/control.md says.", ct).ConfigureAwait(false);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="ct">Who asked is gone.</param>
    public async Task RunAsync(ControlRequest request, Stream output, CancellationToken ct)
    {
        var answers = new ControlOutput(output);
        try
        {
            var end = await AnswerAsync(request, answers, ct).ConfigureAwait(false);
            await answers.WriteAsync(new ControlAnswer { End = end }, ct).ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            await FailAsync(answers, e.Id, e.Message, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException))
        {
            await FailAsync(answers, "FLM5006", $"{request.Command} failed in the parent: {e.GetType().Name}: {e.Message}", ct).ConfigureAwait(false);
        }
    }

    private static Task FailAsync(ControlOutput answers, string id, string message, CancellationToken ct) =>
        answers.WriteAsync(new ControlAnswer { Error = new ControlError(id, message) }, ct);

    private async Task<ControlEnd> AnswerAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        if (request.Version > ControlRequest.Newest)
            throw new ControlException("FLM5006", $"The request is of version {request.Version}, and this parent speaks version {ControlRequest.Newest}. Use the tool of the parent's own version.");
        switch (request.Command)
        {
            case "status": await answers.WriteAsync(Status(), ct).ConfigureAwait(false); break;
            case "watch": await WatchAsync(request, answers, ct).ConfigureAwait(false); break;
            case "calls": await CallsAsync(request, answers, ct).ConfigureAwait(false); break;
            case "call": await answers.WriteAsync(new ControlAnswer { Call = CallOf(request) }, ct).ConfigureAwait(false); break;
            case "arguments": await ArgumentsAsync(request, answers, ct).ConfigureAwait(false); break;
            case "logs": await LogsAsync(request, answers, ct).ConfigureAwait(false); break;
            case "cost": await CostAsync(answers, ct).ConfigureAwait(false); break;
            case "explain": await ExplainAsync(request, answers, ct).ConfigureAwait(false); break;
            case "cancel": Cancel(request); break;
            case "set": await SetAsync(request, answers, ct).ConfigureAwait(false); break;
            case "drain": Drain(request); break;
            case "doctor": await new Doctor(pools, rights).RunAsync(request, answers, ct).ConfigureAwait(false); break;
            case "exec": return await ExecAsync(request, answers, ct).ConfigureAwait(false);
            default:
                throw new ControlException("FLM5006", $"'{request.Command}' is no command of this parent. It knows status, watch, calls, call, arguments, logs, cost, explain, cancel, set, drain, doctor and exec.");
        }

        return new ControlEnd();
    }

    private ControlAnswer Status() => new() { Process = pools.Observe().Look() };

    private async Task WatchAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var looks = 1; ; looks++)
        {
            await answers.WriteAsync(Status(), ct).ConfigureAwait(false);
            if (looks == request.Most) return;
            await second.WaitForNextTickAsync(ct).ConfigureAwait(false);
        }
    }

    private async Task CallsAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        if (request.Pool is not null) _ = PoolOf(request);
        var filter = new CallFilter(request.Pool, request.State, Math.Clamp(request.Most ?? 100, 0, MostCalls));
        foreach (var call in pools.Observe().Calls(filter)) await answers.WriteAsync(new ControlAnswer { Call = call }, ct).ConfigureAwait(false);
    }

    private async Task ArgumentsAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        var call = CallOf(request);
        if ((showsArguments ? pools.Observe().Arguments(call.Id) : null) is not { } arguments)
            throw new ControlException("FLM5011", $"The arguments of call {call.Id} cannot be shown: they are forgotten when it has ended, unless it failed, very large ones are not kept, and a dashboard may show none.");
        foreach (var argument in arguments) await answers.WriteAsync(new ControlAnswer { Argument = argument }, ct).ConfigureAwait(false);
    }

    private async Task LogsAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        var observer = pools.Observe();
        if (request.Call is not null) _ = CallOf(request);
        var (after, most) = (request.After, Math.Clamp(request.Most ?? 200, 0, MostLines));
        while (true)
        {
            // Before the lines are read: what comes in between is read again, and none is missed.
            var isOver = request.Call is not null && CallOf(request).State is not ("queued" or "running");
            var newest = observer.Lines(null, null, after, 1) is [.., var last] ? last.Number : after;
            foreach (var line in observer.Lines(request.Executor, request.Call, after, most))
            {
                await answers.WriteAsync(new ControlAnswer { Line = line }, ct).ConfigureAwait(false);
                newest = Math.Max(newest, line.Number);
            }

            if (!request.Follow || isOver) return;
            (after, most) = (newest, MostLines);
            await NextLineAsync(observer, after, request.Call is not null, ct).ConfigureAwait(false);
        }
    }

    // A call may end without another word.
    private static async Task NextLineAsync(Observer observer, long after, bool mayEnd, CancellationToken ct)
    {
        var line = observer.NewLineAsync(after, ct);
        if (mayEnd) await Task.WhenAny(line, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, ct)).ConfigureAwait(false);
        else await line.ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
    }

    private async Task CostAsync(ControlOutput answers, CancellationToken ct)
    {
        foreach (var cost in pools.Observe().Costs()) await answers.WriteAsync(new ControlAnswer { Cost = cost }, ct).ConfigureAwait(false);
    }

    private CallView CallOf(ControlRequest request) =>
        (request.Call is { } id ? pools.Observe().Call(id) : null)
        ?? throw new ControlException("FLM5005", $"There is no call '{request.Call}', or it is forgotten: the last 200 that ended are kept, and the last 200 that failed. Calls that began before anybody looked have the numbers that 'flame calls ls' shows.");

    private FlamePool PoolOf(ControlRequest request) =>
        pools.All.FirstOrDefault(pool => pool.Name.Equals(request.Pool, StringComparison.OrdinalIgnoreCase))
        ?? throw ControlException.NoPool(pools, request.Pool);
}
