using Flame.Telemetry;
using Flame.Wire;

namespace Flame.Links;

/// <summary>What one executor exports, as its pieces arrive. Owned by the link's read loop.</summary>
internal sealed class ExportInbox(Action<ExportSignal, byte[]> whole)
{
    private readonly Dictionary<ulong, Incoming> _arriving = [];
    private int _announced;

    /// <exception cref="WireException">It is more than an executor of ours may have under way, or none of what there is.</exception>
    public void Take(FrameHeader header, ReadOnlySpan<byte> body)
    {
        if ((header.Flags & FrameFlags.Continuation) == 0)
        {
            Begin(header.Call, body);
            return;
        }

        if (!_arriving.TryGetValue(header.Call, out var incoming)) throw new WireException("an export goes on that never began");
        incoming.Add(body, out _);
        if (!incoming.Whole) return;
        _arriving.Remove(header.Call);
        _announced -= incoming.Span.Length;
        try
        {
            Give(incoming.Span);
        }
        finally
        {
            incoming.Release();
        }
    }

    private void Begin(ulong id, ReadOnlySpan<byte> body)
    {
        var fields = new BodyReader(body);
        var total = fields.Int32();
        if (total <= 0 || total > LinkExports.MostWaiting - _announced) throw new WireException($"an export of {total} bytes was announced");
        if (total == fields.Rest.Length)
        {
            Give(fields.Rest);
            return;
        }

        if (!_arriving.TryAdd(id, new Incoming(FrameKind.Export, total, fields.Rest))) throw new WireException("an export begins before the last one of its number is whole");
        _announced += total;
    }

    private void Give(ReadOnlySpan<byte> export)
    {
        var signal = (ExportSignal)export[0];
        if (signal is not (ExportSignal.Traces or ExportSignal.Metrics)) throw new WireException($"there is no export of kind {export[0]}");
        whole(signal, export[1..].ToArray());
    }
}
