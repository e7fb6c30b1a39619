using Flame.Backends;
using Flame.CodeSync;
using Flame.Executor;
using Flame.Grpc;
using Flame.Links;
using Flame.Wire;

namespace Flame.Stock;

/// <summary>
/// An executor that has no program yet: it comes to its parent, says what it is, gets the files that it lacks, and becomes the parent's program. Nothing
/// of the user's runs in here.
/// </summary>
internal sealed class StockExecutor(FlameParent parent, CodeCache cache)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private string? _error;

    public static async Task<int> RunAsync(Func<string, string?> environment)
    {
        try
        {
            if (FlameParent.Current is not { } parent)
            {
                await Console.Error.WriteLineAsync("FLM2115: this is a stock executor of Flame, which a pool of a program boots; by itself it does nothing. See https://github.com/flame-dotnet/flame/blob/main/docs/from-your-laptop.md").ConfigureAwait(false);
                return ExitCodes.MalformedParent;
            }

            ProcessGroup.Lead();
            if (parent.Backend == "local") ParentWatch.Start(static () => Environment.Exit(ExitCodes.Orphaned));
            using var cache = CodeCache.Open(environment);
            return await new StockExecutor(parent, cache).RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is FlameParentException or CodeException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return e is CodeException ? ExitCodes.Refused : ExitCodes.MalformedParent;
        }
    }

    private async Task<int> RunAsync()
    {
        using var patience = new CancellationTokenSource(ExecutorRole.Failsafe, TimeProvider.System);
        while (!patience.IsCancellationRequested)
        {
            try
            {
                if (await TryAsync(patience).ConfigureAwait(false) is { } program) return program.Start(parent);
            }
            catch (WireException e)
            {
                await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
                return ExitCodes.Refused;
            }
            catch (IOException e)
            {
                // A door to which too many came has closed this connection unheard.
                _error = e.Message;
            }

            await Task.Delay(s_pause, TimeProvider.System, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Console.Error.WriteLineAsync($"FLM2105: stock executor {parent.Executor} could not reach its parent within {ExecutorRole.Failsafe.TotalSeconds:0} s at {string.Join(", ", parent.Endpoints)}: {_error}").ConfigureAwait(false);
        return ExitCodes.ParentNotReached;
    }

    /// <summary>Gets the program; <see langword="null"/>: nobody answered.</summary>
    private async Task<ReceivedProgram?> TryAsync(CancellationTokenSource patience)
    {
        var dialler = new ParentDialler(parent, [new SocketCarrier(), new SocketCarrier(useTcp: true), new ReverseCarrier(), Dialled()], TimeProvider.System);
        var connection = await dialler.TryAsync(patience.Token).ConfigureAwait(false);
        if (connection is null) _error = dialler.LastError;
        if (connection is null) return null;
        await using (connection.ConfigureAwait(false))
        {
            var reader = new FrameReader(connection);
            var hello = new ExecutorHello(parent.Executor, parent.Token, "", Environment.ProcessId, []) { Stock = Machine.Facts() };
            var rules = await Introduction.ExchangeAsync(connection, reader, hello, readyAtOnce: false, patience.Token).ConfigureAwait(false);
            if (rules.Refusal is { } refusal) throw new CodeException(refusal);

            // It is there: from here on only silence ends the wait, for a program may be large.
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
            return await new CodeReceiver(new CodePipe(connection, reader, TimeProvider.System), cache).ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    // To go without encryption is the parent's decision, and the endpoint tells.
    private GrpcCarrier Dialled() => new(new GrpcLinkOptions { AllowPlainText = parent.Endpoints.Any(static endpoint => endpoint.StartsWith("http:", StringComparison.Ordinal)) });
}
