namespace Flame.Telemetry;

/// <summary>The attributes that more than one span or instrument has; docs/observability.md lists them.</summary>
internal static class Tags
{
    public static KeyValuePair<string, object?> Rpc => new("rpc.system.name", "flame");

    public static KeyValuePair<string, object?> Method(string name) => new("rpc.method", name);

    public static KeyValuePair<string, object?> Pool(FlamePool pool) => new("flame.pool", pool.Name);

    public static KeyValuePair<string, object?> Executor(string name) => new("flame.executor", name);
}
