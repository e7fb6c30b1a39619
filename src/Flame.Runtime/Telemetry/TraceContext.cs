using System.Diagnostics;
using Flame.Wire;

namespace Flame.Telemetry;

/// <summary>The context of a trace on its way to an executor, in the fields that the process's propagator writes: names and values.</summary>
internal sealed class TraceContext
{
    /// <summary>The most fields that are read.</summary>
    public const int MaxFields = 16;

    /// <summary>The most bytes that go with a call. Beyond it the baggage stays here, and then all of it.</summary>
    public const int MaxBytes = 8 * 1024;

    private const string Parent = "traceparent";
    private const string State = "tracestate";

    private readonly KeyValuePair<string, string>[] _fields;

    private TraceContext(KeyValuePair<string, string>[] fields) => _fields = fields;

    /// <summary>What goes with a call under this activity; <see langword="null"/>: nothing.</summary>
    public static byte[]? Write(Activity? activity)
    {
        if (activity is null) return null;
        var fields = new List<KeyValuePair<string, string>>();
        DistributedContextPropagator.Current.Inject(activity, fields, static (carrier, name, value) => ((List<KeyValuePair<string, string>>)carrier!).Add(new(name, value)));
        if (fields.Count == 0) return null;
        var bytes = Encode(fields);
        if (fields.Count <= MaxFields && bytes.Length <= MaxBytes) return bytes;
        bytes = Encode([.. fields.Where(static field => field.Key is Parent or State)]);
        return bytes.Length <= MaxBytes ? bytes : null;
    }

    /// <exception cref="WireException">It is none.</exception>
    public static TraceContext Read(ref BodyReader body)
    {
        var count = body.Byte();
        if (count > MaxFields) throw new WireException($"a trace context of {count} fields came");
        var fields = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count; i++) fields[i] = new(body.Text(), body.Text());
        return new TraceContext(fields);
    }

    /// <exception cref="WireException">It is none.</exception>
    public static TraceContext? Read(byte[]? bytes)
    {
        if (bytes is null) return null;
        var body = new BodyReader(bytes);
        return Read(ref body);
    }

    /// <summary>The caller's span; the default where the fields name none.</summary>
    public ActivityContext Caller()
    {
        DistributedContextPropagator.Current.ExtractTraceIdAndState(_fields, Field, out var id, out var state);
        return ActivityContext.TryParse(id, state, isRemote: true, out var context) ? context : default;
    }

    public IEnumerable<KeyValuePair<string, string?>> Baggage() => DistributedContextPropagator.Current.ExtractBaggage(_fields, Field) ?? [];

    private static void Field(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = Array.Find((KeyValuePair<string, string>[])carrier!, field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    private static byte[] Encode(List<KeyValuePair<string, string>> fields)
    {
        var body = new BodyWriter().Byte((byte)Math.Min(fields.Count, byte.MaxValue));
        foreach (var (name, value) in fields) body.Text(name).Text(value);
        return body.Span.ToArray();
    }
}
