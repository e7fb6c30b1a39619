namespace Flame.Telemetry;

/// <summary>How a call ended, in few words that can be counted.</summary>
internal static class CallOutcome
{
    public static (string Outcome, string? Error) Of(Exception? failure) => failure switch
    {
        null => ("succeeded", null),
        OperationCanceledException => ("cancelled", Name(failure)),
        CallTimeoutException => ("timed_out", Name(failure)),
        ExecutorLostException => ("lost", Name(failure)),
        QueueFullException or PoolDrainingException or BootFailedException => ("refused", Name(failure)),
        RemoteException remote => ("failed", remote.RemoteType),
        _ => ("failed", Name(failure)),
    };

    private static string Name(Exception failure) => failure.GetType().FullName ?? failure.GetType().Name;
}
