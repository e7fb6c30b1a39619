namespace Flame.Telemetry;

/// <summary>Where a parent passes on what its executors export, if it does. Thread-safe.</summary>
internal abstract class ExportRelay
{
    /// <summary>That of this process; <see langword="null"/>: what comes is dropped.</summary>
    public static ExportRelay? Current { get; set; }

    /// <summary>Takes one request of the protocol OTLP as its bytes. Called on a link's read loop: nothing here waits.</summary>
    public abstract void Take(ExportSignal signal, byte[] request);
}
