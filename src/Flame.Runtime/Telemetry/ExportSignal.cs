namespace Flame.Telemetry;

/// <summary>What an executor exports through its parent; the numbers are the wire's. Its log lines come another way.</summary>
internal enum ExportSignal : byte
{
    Traces = 1,
    Metrics = 2,
}
