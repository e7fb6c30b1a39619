namespace MyApp;

public interface ILog;

public sealed class Transcriber(ILog log)
{
    public ILog Log => log;

    [Flame(Pool = "cpu")]
    public async Task<string> Transcribe(byte[] audio, [FromServices] ILog there, [FromServices] ILog? maybe = null, CancellationToken ct = default)
    {
        await Task.Yield();
        return $"{audio.Length} {there} {maybe}";
    }

    [Flame]
    public static Task Both() => Task.CompletedTask;
}

public static class Use
{
    public static async Task All(Transcriber t, Transcriber? maybe)
    {
        await t.Transcribe([], t.Log);
        await (maybe?.Transcribe([], t.Log) ?? Task.FromResult(""));
        await t.Remote.Transcribe([1, 2]);
        await t.Local.Transcribe([], t.Log);
        await t.Cast.Transcribe([]);
        FlameCall<string> spawned = t.Spawn.Transcribe([]);
        await spawned;
        await Transcriber.Spawn.Both();
        await t.Remote.With(new() { Timeout = TimeSpan.FromMinutes(1) }).Transcribe([1, 2]);
        await Transcriber.Cast.With(new() { QueueTimeout = TimeSpan.FromMinutes(1) }).Both();
        await Transcriber.Remote.Both();
    }
}
