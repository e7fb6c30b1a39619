using Flame.Telemetry;

namespace Flame.Exports;

/// <summary>Of an executor that has executors of its own: what they export goes on over its own link.</summary>
internal sealed class LinkRelay : ExportRelay
{
    public override void Take(ExportSignal signal, byte[] request) => LinkExports.OfThisProcess?.TrySend(signal, request);
}
