namespace Flame;

/// <summary>The base of everything that Flame itself throws for a call.</summary>
/// <param name="id">The stable id, see docs/rules.</param>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="inner">The cause.</param>
public abstract class FlameException(string id, string message, Exception? inner = null) : Exception($"{id}: {message}", inner)
{
    /// <summary>The stable id, <c>FLM####</c>; each has a page under docs/rules.</summary>
    public string Id { get; } = id;

    /// <summary>The pool of the call; <see langword="null"/> when it has none.</summary>
    public string? Pool { get; init; }

    /// <summary>The executor that had the call; <see langword="null"/> when it never got one.</summary>
    public string? Executor { get; init; }

    /// <summary>The called method as <c>Type.Method</c>; <see langword="null"/> when the failure is about none.</summary>
    public string? Method { get; init; }
}

/// <summary>The user's method threw on the executor, and its exception type could not be rebuilt here.</summary>
/// <remarks>
/// Where the type is known and safe to rebuild, the call throws that type, with an exception of this kind as its
/// <see cref="Exception.InnerException"/>.
/// </remarks>
public sealed class RemoteException : FlameException
{
    internal RemoteException(string id, string message, string remoteType, string remoteMessage, string remoteStackTrace)
        : base(id, message)
    {
        RemoteType = remoteType;
        RemoteMessage = remoteMessage;
        RemoteStackTrace = remoteStackTrace;
    }

    /// <summary>The full name of the type that was thrown on the executor.</summary>
    public string RemoteType { get; }

    /// <summary>Its message.</summary>
    public string RemoteMessage { get; }

    /// <summary>Its stack trace on the executor, inner exceptions included.</summary>
    public string RemoteStackTrace { get; }

    /// <inheritdoc />
    public override string ToString() =>
        $"{base.ToString()}{Environment.NewLine}--- {(Executor is null ? "at the caller" : $"on executor {Executor}")} ---{Environment.NewLine}{RemoteStackTrace}";
}

/// <summary>The executor died, or its link was lost, while it had the call.</summary>
public sealed class ExecutorLostException : FlameException
{
    internal ExecutorLostException(string id, string message, bool mayHaveRun, string reason) : base(id, message)
    {
        MayHaveRun = mayHaveRun;
        Reason = reason;
    }

    /// <summary>Whether the method may have started, so that running it again could do its work twice.</summary>
    public bool MayHaveRun { get; }

    /// <summary>Why the executor is gone, in words: exit code, signal, last log lines.</summary>
    public string Reason { get; }
}

/// <summary>The part of a call's life that ran out of time.</summary>
public enum CallPhase
{
    /// <summary>Waiting for an executor: queue and boot.</summary>
    Queue,

    /// <summary>Running on the executor.</summary>
    Execution,
}

/// <summary>A call's budget ran out; <see cref="Phase"/> says which one.</summary>
public sealed class CallTimeoutException : FlameException
{
    internal CallTimeoutException(string id, string message, CallPhase phase, TimeSpan budget, Exception? inner)
        : base(id, message, inner)
    {
        Phase = phase;
        Budget = budget;
    }

    /// <summary>The phase that ran out.</summary>
    public CallPhase Phase { get; }

    /// <summary>The budget that it had.</summary>
    public TimeSpan Budget { get; }
}

/// <summary>The pool's queue is full.</summary>
public sealed class QueueFullException : FlameException
{
    internal QueueFullException(string id, string message, int limit) : base(id, message) => Limit = limit;

    /// <summary>The pool's <see cref="FlamePoolOptions.QueueLimit"/>.</summary>
    public int Limit { get; }
}

/// <summary>No executor could be booted; the message carries the backend's words.</summary>
public sealed class BootFailedException : FlameException
{
    internal BootFailedException(string id, string message, string backend, int attempts, Exception? inner)
        : base(id, message, inner)
    {
        Backend = backend;
        Attempts = attempts;
    }

    /// <summary>The backend that was asked.</summary>
    public string Backend { get; }

    /// <summary>Boots that failed in a row.</summary>
    public int Attempts { get; }
}

/// <summary>The pool is shutting down and takes no more calls.</summary>
public sealed class PoolDrainingException : FlameException
{
    internal PoolDrainingException(string id, string message) : base(id, message)
    {
    }
}

/// <summary>Arguments, a result or an item could not be written or read, or are larger than the limit.</summary>
public sealed class PayloadException : FlameException
{
    internal PayloadException(string id, string where, string words, long size, Exception? inner) : base(id, where + words, inner)
    {
        Words = words;
        Size = size;
    }

    /// <summary>The size in bytes as far as it got.</summary>
    public long Size { get; }

    /// <summary>The message without the place, which the other end knows better.</summary>
    internal string Words { get; }
}
