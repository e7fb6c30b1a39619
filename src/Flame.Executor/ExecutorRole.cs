using System.Runtime.InteropServices;
using Flame.Backends;
using Flame.CompilerServices;
using Flame.Links;
using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Executor;

/// <summary>What a process does when it is an executor: dial, introduce itself, serve, end.</summary>
internal sealed class ExecutorRole(FlameParent parent, ExecutorSetup setup)
{
    /// <summary>How long the parent may stay out of reach before the executor gives up.</summary>
    public static readonly TimeSpan Failsafe = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_lastExport = TimeSpan.FromSeconds(3);

    private static readonly Terminator s_terminator = ParentOfThisProcess.Terminator;

    private readonly HostedServices _services = new();
    private readonly bool _isLocal = parent.Backend == "local";
    private readonly long _began = setup.Time.GetTimestamp();
    private string? _closedBecause;
    private bool _entered;

    /// <summary>Runs the executor of this process and ends the process.</summary>
    public static async Task<Never> RunProcessAsync(FlameParent parent, ExecutorSetup setup)
    {
        var code = await new ExecutorRole(parent, setup).RunAsync().ConfigureAwait(false);
        s_terminator.Exit(code);
        return await new TaskCompletionSource<Never>().Task.ConfigureAwait(false);
    }

    private async Task<int> RunAsync()
    {
        var enter = MethodTable.EnterHooks();
        var exports = LinkExports.OfThisProcess;
        var readyAtOnce = enter.Length == 0 && setup.HostedServices.Count == 0 && exports is null;
        var patience = new CancellationTokenSource(Failsafe, setup.Time);
        Stream? stream;
        FrameReader reader;
        ParentHello? rules;
        while (true)
        {
            stream = await DialAsync(patience.Token).ConfigureAwait(false);
            if (stream is null) return ExitCodes.ParentNotReached;
            reader = new FrameReader(stream);
            rules = Introduce(stream, reader, readyAtOnce, out var mayTryAgain);
            if (rules is not null) break;
            await stream.DisposeAsync().ConfigureAwait(false);
            if (!mayTryAgain) return ExitCodes.ParentNotReached;
            await PauseAsync(patience.Token).ConfigureAwait(false);
        }

        patience.Dispose();
        if (rules.Refusal is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal).ConfigureAwait(false);
            return ExitCodes.Refused;
        }

        var host = new ExecutorHost(stream, reader, rules, setup.Services, setup.Time, LinkLog.OfThisProcess, sharesProcess: false) { Name = parent.Executor };
        s_terminator.Serve(host);
        if (exports is not null) host.Carry(exports);

        // On this host the parent reads the pipes, and has what was printed even when the process is killed.
        if (!_isLocal) OutputForwarding.Start(host.Log);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        ProcessWatch.OfThisProcess.Add(MemoryWatch.Of(host));
        var ended = host.RunAsync();
        if (!readyAtOnce)
        {
            if (await EnterAsync(enter, ended, rules.ShutdownTimeout).ConfigureAwait(false) is { } failure)
            {
                // On the process's own stream, so that these are its last words: they are the reason that the parent gives.
                await StopOutputAsync().ConfigureAwait(false);
                await Console.Error.WriteLineAsync($"FLM2106: executor {parent.Executor} could not be entered: {failure}").ConfigureAwait(false);
                return ExitCodes.EnterFailed;
            }

            if (!ended.IsCompleted) host.SayReady();
        }

        var end = await ended.ConfigureAwait(false);
        var orphaned = end == LinkEnd.ParentGone;
        var limit = orphaned && _isLocal ? Shorter(rules.ShutdownTimeout, Terminator.OrphanLimit) : rules.ShutdownTimeout;
        if (orphaned)
        {
            var alone = host.LetGo();
            s_terminator.Limit(alone + limit);
            await host.IdleAsync(alone).ConfigureAwait(false);
        }

        s_terminator.Limit(limit);

        // Half of the time for the calls and the pools, so that the hooks have theirs.
        var drained = setup.Pools?.DrainAsync() ?? Task.CompletedTask;
        if (orphaned)
        {
            await host.EndCallsAsync(Shorter(rules.CancelGrace, limit / 2)).ConfigureAwait(false);

            // Its own executors would have their time only after this one's.
            setup.Pools?.Stop();
        }

        await drained.WaitAsync(limit / 2, setup.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await LeaveAsync(limit).ConfigureAwait(false);
        if (exports is not null && !orphaned) await exports.FlushAsync().WaitAsync(s_lastExport, setup.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopOutputAsync().ConfigureAwait(false);
        await host.CloseAsync().ConfigureAwait(false);
        return end switch
        {
            LinkEnd.Drained => ExitCodes.Drained,
            LinkEnd.Stuck => ExitCodes.Stuck,
            _ => ExitCodes.Orphaned,
        };

        Task StopOutputAsync()
        {
            OutputForwarding.Stop();
            return host.FlushAsync();
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            host.Drain($"it received {context.Signal}");
        }
    }

    private async Task<Stream?> DialAsync(CancellationToken patience)
    {
        var dialler = new ParentDialler(parent, setup.Carriers, setup.Time);
        while (!patience.IsCancellationRequested)
        {
            if (await dialler.TryAsync(patience).ConfigureAwait(false) is { } stream) return stream;
            await PauseAsync(patience).ConfigureAwait(false);
        }

        await Console.Error.WriteLineAsync(_closedBecause is { } why
            ? NotAnswered(why)
            : $"FLM2105: executor {parent.Executor} could not reach its parent within {Failsafe.TotalSeconds:0} s at {string.Join(", ", parent.Endpoints)}: {dialler.LastError}").ConfigureAwait(false);
        return null;
    }

    private async Task PauseAsync(CancellationToken patience) =>
        await Task.Delay(TimeSpan.FromMilliseconds(100), setup.Time, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // Waits by blocking: until the parent has answered there is nothing else to do, and every asynchronous method that
    // really waits is a dozen methods more to compile in front of the first call.
    private ParentHello? Introduce(Stream stream, FrameReader reader, bool readyAtOnce, out bool mayTryAgain)
    {
        using var patience = new CancellationTokenSource(Failsafe, setup.Time);
        mayTryAgain = false;
        try
        {
            return Introduction.ExchangeAsync(stream, reader, Hello(), readyAtOnce, patience.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A door to which too many came has closed this connection unheard.
            mayTryAgain = e is IOException and not WireException;
            _closedBecause = e.Message;
            if (!mayTryAgain) Console.Error.WriteLine(NotAnswered(e.Message));
            return null;
        }
    }

    // Of an executor of its own host the parent has seen the beginning.
    private ExecutorHello Hello()
    {
        var connect = setup.Time.GetElapsedTime(_began);
        return ExecutorHello.To(parent) with { Connect = connect, Runtime = _isLocal ? null : ProcessAge.OfThisProcess() - connect };
    }

    private string NotAnswered(string why) => $"FLM2105: the parent did not answer executor {parent.Executor}: {why}";

    private async Task<Exception?> EnterAsync(ExecutorHook[] hooks, Task<LinkEnd> ended, TimeSpan limit)
    {
        var stop = new CancellationTokenSource();
        _ = ended.ContinueWith(
            _ =>
            {
                // Later the end has limits of its own.
                if (Volatile.Read(ref _entered)) return;
                s_terminator.Limit(limit);
                stop.Cancel();
            },
            TaskScheduler.Default);
        try
        {
            LinkExports.OfThisProcess?.Start(setup.Services());
            await _services.StartAsync(setup.HostedServices, setup.Services, stop.Token).ConfigureAwait(false);
            await ExecutorHooks.RunAsync(hooks, setup.Services, stop.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (ended.IsCompleted)
        {
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            Volatile.Write(ref _entered, true);
        }
    }

    private async Task LeaveAsync(TimeSpan limit)
    {
        using var budget = new CancellationTokenSource(limit, setup.Time);
        try
        {
            await ExecutorHooks.RunAsync(MethodTable.ExitHooks(), setup.Services, budget.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await FailedAsync(e).ConfigureAwait(false);
        }

        await _services.StopAsync(FailedAsync, budget.Token).ConfigureAwait(false);

        Task FailedAsync(Exception e) => Console.Error.WriteLineAsync($"FLM2107: an exit hook of executor {parent.Executor} failed: {e}");
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>The result of what does not return. A class: tasks of a value type of its own would be compiled for it.</summary>
internal sealed class Never
{
    private Never()
    {
    }
}
