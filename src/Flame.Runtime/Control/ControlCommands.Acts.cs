using System.Text;
using Flame.Backends;

namespace Flame.Control;

/// <summary>The commands that change something.</summary>
internal sealed partial class ControlCommands
{
    private async Task ExplainAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        IEnumerable<FlamePool> asked = request.Pool is null ? pools.All.OrderBy(static pool => pool.Name, StringComparer.Ordinal) : [PoolOf(request)];
        foreach (var pool in asked)
        {
            foreach (var option in pools.Explain(pool.Name)) await answers.WriteAsync(new ControlAnswer { Pool = pool.Name, Option = option }, ct).ConfigureAwait(false);
        }
    }

    private void Cancel(ControlRequest request)
    {
        Need(ControlRights.Act, "cancel calls");
        var call = CallOf(request);
        if (!pools.Observe().Cancel(call.Id))
            throw new ControlException("FLM5008", $"Call {call.Id} ({call.Method}) cannot be cancelled: it is over ({call.State}), or it belongs to a placed object and only its caller can.");
    }

    private async Task SetAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        Need(ControlRights.Act, "change pools");
        var pool = PoolOf(request);
        if (request.Values is not { Count: > 0 } values) throw new ControlException("FLM5006", "Nothing is to be set: values is empty.");
        var problems = pools.Set(pool.Name, values);
        foreach (var problem in problems) await answers.WriteAsync(new ControlAnswer { Pool = pool.Name, Problem = problem }, ct).ConfigureAwait(false);
        if (problems.Length > 0) throw new ControlException("FLM5007", $"Pool {pool.Name} was left as it is: {string.Join(' ', problems)}");
        foreach (var option in pools.Explain(pool.Name).Where(option => values.Keys.Contains(option.Name, StringComparer.OrdinalIgnoreCase)))
            await answers.WriteAsync(new ControlAnswer { Pool = pool.Name, Option = option }, ct).ConfigureAwait(false);
    }

    private void Drain(ControlRequest request)
    {
        Need(ControlRights.Act, "drain pools");
        pools.DrainExecutors(PoolOf(request).Name);
    }

    private async Task<ControlEnd> ExecAsync(ControlRequest request, ControlOutput answers, CancellationToken ct)
    {
        Need(ControlRights.Run, "run programs where executors run");
        if (request.Words is not { Length: > 0 } words) throw new ControlException("FLM5006", "Nothing is to be run: words is empty.");
        var executor = pools.All.Select(pool => pool.MachineOf(request.Executor)).OfType<BackendExecutor>().FirstOrDefault()
            ?? throw new ControlException("FLM5005", $"There is no executor '{request.Executor}', or it has not come up yet. There are: {string.Join(", ", pools.All.SelectMany(static pool => pool.Executors()).Select(static e => e.Name))}.");
        using var writing = new SemaphoreSlim(1);
        var (output, error) = (Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder());
        return new ControlEnd(await executor.RunAsync(words, PrintAsync, ct).ConfigureAwait(false));

        async Task PrintAsync(bool isError, ReadOnlyMemory<byte> bytes)
        {
            await writing.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                var text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
                var length = (isError ? error : output).GetChars(bytes.Span, text, flush: bytes.IsEmpty);
                if (length > 0) await answers.WriteAsync(new ControlAnswer { Printed = new PrintedText(isError, new string(text, 0, length)) }, ct).ConfigureAwait(false);
            }
            finally
            {
                writing.Release();
            }
        }
    }

    private void Need(ControlRights needed, string what)
    {
        if (rights < needed)
            throw new ControlException("FLM5010", $"Here one may not {what}. The flame tool may, for the same user on the parent's own machine{(needed == ControlRights.Act ? "; the dashboard may where its AllowActions is set" : "")}.");
    }
}
