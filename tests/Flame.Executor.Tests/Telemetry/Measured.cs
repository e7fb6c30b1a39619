using System.Diagnostics.Metrics;

namespace Flame.Executor.Tests.Telemetry;

/// <summary>Collects what the meter says of one pool.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _all = [];
    private readonly string _pool;

    public Measured(string pool)
    {
        _pool = pool;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Flame") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        _listener.Start();
    }

    public (double Value, Dictionary<string, object?> Tags)[] Of(string name)
    {
        lock (_all) return [.. _all.Where(one => one.Name == name).Select(one => (one.Value, one.Tags))];
    }

    /// <summary>What is read when somebody asks: the values by a tag.</summary>
    public Dictionary<string, double> Read(string name, string tag)
    {
        lock (_all) _all.RemoveAll(one => one.Name == name);
        _listener.RecordObservableInstruments();
        return Of(name).ToDictionary(one => (string)one.Tags[tag]!, one => one.Value);
    }

    public void Dispose() => _listener.Dispose();

    private void Take(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kept = new Dictionary<string, object?>(tags.ToArray());
        if (!kept.TryGetValue("flame.pool", out var pool) || !_pool.Equals(pool)) return;
        lock (_all) _all.Add((name, value, kept));
    }
}
