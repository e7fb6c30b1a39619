using Flame.Backends;

namespace Flame.Executor;

/// <summary>
/// The part of an executor that ends it. In normal life the pool decides; it decides alone when the parent was never
/// reached, when the parent is gone, when the platform says SIGTERM, and when a method is stuck. Whatever user code
/// does with its threads, the process is gone once the limit has passed.
/// </summary>
/// <param name="time">A real clock in a process, whatever clock its other parts were given.</param>
/// <param name="kill">Ends the process by force, with what it started.</param>
internal sealed class Terminator(TimeProvider time, Action kill)
{
    /// <summary>What an executor without a parent has for its calls and hooks: it is gone within five seconds.</summary>
    public static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(3);

    /// <summary>What the runtime has from there to end the process: it may wait for user code too.</summary>
    public static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private ExecutorHost? _host;
    private long _endAt = long.MaxValue;

    /// <summary>The terminator of this process.</summary>
    public Terminator() : this(TimeProvider.System, KillProcess)
    {
    }

    private long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    public void Serve(ExecutorHost host)
    {
        lock (_gate) _host = host;
    }

    /// <summary>The parent's process is gone. Called on a thread of its own.</summary>
    public void ParentGone()
    {
        ExecutorHost? host;
        lock (_gate) host = _host;
        if (host is null)
        {
            kill();
            return;
        }

        Limit(host.LetGo() + OrphanLimit);
        host.Close();
    }

    /// <summary>Ends the process by force when it has not ended by itself. The shortest limit counts.</summary>
    public void Limit(TimeSpan within)
    {
        var endAt = Now + (long)within.TotalMilliseconds;
        lock (_gate)
        {
            // A thread, for the pool's may all be taken by user code.
            if (_endAt == long.MaxValue) new Thread(WaitAndKill) { IsBackground = true, Name = "Flame terminator" }.Start();
            _endAt = Math.Min(_endAt, endAt);
            Monitor.Pulse(_gate);
        }
    }

    public void Exit(int code)
    {
        Limit(ExitLimit);
        Environment.ExitCode = code;
        if (code == ExitCodes.Orphaned)
        {
            // What the methods started must not outlive them; nobody is left to end it.
            Console.Out.Flush();
            ProcessGroup.KillOwn();
        }

        ProcessGroup.KillRest();
        Environment.Exit(code);
    }

    private void WaitAndKill()
    {
        lock (_gate)
        {
            while (_endAt - Now is > 0 and var left) Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue));
        }

        kill();
    }

    private static void KillProcess()
    {
        ProcessGroup.KillOwn();
        Environment.FailFast("FLM2108: the executor did not end in time");
    }
}
