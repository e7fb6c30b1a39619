namespace MyApp;

public enum Mode { A, B }

public static class Defaults
{
    public const string Pool = "big";

    [Flame(Pool = Pool)]
    public static Task Many(
        int a = -1, string b = "x\"\n", string? c = null, char d = '\'', bool e = true, double f = 1.5, float g = float.NaN, decimal h = 2.5m,
        long i = long.MinValue, Mode j = Mode.B, Mode? k = Mode.A, int? l = null, Guid m = default, ulong n = ulong.MaxValue, byte o = 7) => Task.CompletedTask;

    [Flame]
    public static Task Keywords(int @class, string @event, int writer, int reader, int value, int receiver, int call, int arguments) => Task.CompletedTask;

    public static Task Use() => Keywords(1, "", 2, 3, 4, 5, 6, 7);
}
