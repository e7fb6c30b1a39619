using Flame.Backends;

namespace Flame.Executor;

/// <summary>
/// The part of an executor that ends it. In normal life the pool decides; it decides alone when the parent was never
/// reached, when the parent is gone, when the platform says SIGTERM, and when a method is stuck. Whatever user code
/// does with its threads, the process is gone once the limit has passed.
/// </summary>
internal sealed class Terminator
{
    private const int Margin = 1000;

    private readonly Lock _gate = new();
    private ExecutorHost? _host;
    private Thread? _limit;
    private TimeSpan _grace = TimeSpan.FromSeconds(5);

    public void Serve(ExecutorHost host, TimeSpan shutdownTimeout)
    {
        _host = host;
        // A parent that is gone waits for nobody: its executors are gone within five seconds.
        if (shutdownTimeout < _grace) _grace = shutdownTimeout;
    }

    /// <summary>The parent's process is gone. Called on a thread of its own.</summary>
    public void ParentGone()
    {
        Limit(TimeSpan.FromSeconds(3));
        _host?.Close();
    }

    /// <summary>Ends the process by force when it has not ended by itself.</summary>
    public void Limit(TimeSpan within)
    {
        lock (_gate)
        {
            if (_limit is not null) return;
            _limit = new Thread(() =>
            {
                Thread.CurrentThread.Join(within);
                Kill();
            })
            { IsBackground = true, Name = "Flame terminator" };
            _limit.Start();
        }
    }

    public void Exit(int code)
    {
        Limit(TimeSpan.FromMilliseconds(Margin));
        Environment.ExitCode = code;
        if (code == ExitCodes.Orphaned)
        {
            // What the methods started must not outlive them; nobody is left to end it.
            Console.Out.Flush();
            ProcessGroup.KillOwn();
        }

        Environment.Exit(code);
    }

    private static void Kill()
    {
        ProcessGroup.KillOwn();
        Environment.FailFast("FLM2108: the executor did not end in time");
    }
}
