using Flame.Links;
using Flame.Wire;

namespace Flame;

/// <summary>
/// Turns a failure on an executor into the exception that the caller sees: the type that was thrown where it is known
/// and its constructor takes just a message, else <see cref="RemoteException"/>. Nothing is looked up by reflection.
/// </summary>
internal sealed class ExceptionRebuilder
{
    private readonly Dictionary<string, Func<RemoteException, Exception>> _known = [];

    public ExceptionRebuilder()
    {
        Add(e => new ArgumentException(e.RemoteMessage, e));
        Add(e => new ArgumentNullException(e.RemoteMessage, e));
        Add(e => new ArgumentOutOfRangeException(e.RemoteMessage, e));
        Add(e => new ArithmeticException(e.RemoteMessage, e));
        Add(e => new DirectoryNotFoundException(e.RemoteMessage, e));
        Add(e => new DivideByZeroException(e.RemoteMessage, e));
        Add(e => new FileNotFoundException(e.RemoteMessage, e));
        Add(e => new FormatException(e.RemoteMessage, e));
        Add(e => new InvalidCastException(e.RemoteMessage, e));
        Add(e => new InvalidDataException(e.RemoteMessage, e));
        Add(e => new InvalidOperationException(e.RemoteMessage, e));
        Add(e => new IOException(e.RemoteMessage, e));
        Add(e => new KeyNotFoundException(e.RemoteMessage, e));
        Add(e => new NotImplementedException(e.RemoteMessage, e));
        Add(e => new NotSupportedException(e.RemoteMessage, e));
        Add(e => new OverflowException(e.RemoteMessage, e));
        Add(e => new TimeoutException(e.RemoteMessage, e));
        Add(e => new UnauthorizedAccessException(e.RemoteMessage, e));

        // By its name: its library is loaded where it is thrown, and not at every start.
        _known["System.Net.Http.HttpRequestException"] = static e => new HttpRequestException(e.RemoteMessage, e);
    }

    public void Add<TException>(Func<RemoteException, TException> rebuild) where TException : Exception =>
        _known[typeof(TException).FullName!] = rebuild;

    public Exception Rebuild(FlamePool pool, string executor, PendingCall call, in FailureBody failure)
    {
        var method = call.Method.Name;
        switch (failure.Code)
        {
            case FailureCode.TimedOut:
                return FlameErrors.ExecutionTimeout(pool.Name, executor, call);
            case FailureCode.NotStarted:
                return FlameErrors.Lost(pool.Name, executor, method, mayHaveRun: false, failure.Message);
            case FailureCode.Abandoned:
                return FlameErrors.Lost(pool.Name, executor, method, mayHaveRun: true, failure.Message);
            default:
                return Rebuild(pool, executor, method, failure);
        }
    }

    /// <summary>The same for a call within another, as those of a placed object are.</summary>
    public Exception Rebuild(FlamePool pool, string executor, string method, in FailureBody failure) =>
        failure.Code is FailureCode.Payload or FailureCode.UnknownMethod
            ? FlameErrors.RemotePayload(pool.Name, executor, method, failure.Message, failure.Size)
            : Rebuild(FlameErrors.Remote(pool.Name, executor, method, failure.Type, failure.Message, failure.Stack));

    /// <summary>The type that was thrown on the other side, where it is known.</summary>
    public Exception Rebuild(RemoteException remote)
    {
        if (!_known.TryGetValue(remote.RemoteType, out var rebuild)) return remote;
        try
        {
            return rebuild(remote);
        }
        catch (Exception)
        {
            // The user's own rebuilding failed: the general form says everything that is known.
            return remote;
        }
    }
}
