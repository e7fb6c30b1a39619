using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flame.EndToEnd.App;

/// <summary>The program's arguments, and what each way of starting sets up alike.</summary>
internal static class Setup
{
    public static bool Has(string word) => Environment.GetCommandLineArgs().Contains(word);

    public static string? Value(string key) =>
        Environment.GetCommandLineArgs().FirstOrDefault(a => a.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];

    public static int Number(string key, int otherwise) =>
        Value(key) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public static void Flame(FlameBuilder flame)
    {
        flame.AddPool("main", o =>
        {
            o.Max = Number("max", 2);
            o.Min = Number("min", 0);
            o.MaxConcurrency = Number("concurrency", 1);
            o.ShutdownTimeout = TimeSpan.FromSeconds(Number("shutdown", 30));
            o.BootTimeout = TimeSpan.FromSeconds(Number("boot", 30));
            o.OnGrowStart = size => Console.WriteLine($"booting {size.Executor}");
        });
        flame.PoolsInExecutors = Has("nested");
        flame.RunInExecutors<ToolService>();
        if (Has("steps")) flame.RunInExecutors<FirstService>().RunInExecutors<SecondService>();
        if (Has("fast-clock")) flame.Time = new FastClock();
    }

    public static void Services(IHostApplicationBuilder builder)
    {
        builder.AddFlame(Flame);
        builder.Services.AddSingleton<Greeter>();
        builder.Services.AddFlameProxy<IDesk, Desk>();
        builder.Services.AddKeyedFlameProxy<IDesk, Desk>("front");
        builder.Services.AddHostedService<OrdinaryService>();
        builder.Services.AddHostedService<ToolService>();
        if (Value("host-time") is not null) builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(Number("host-time", 0)));
        if (Has("own-lifetime")) builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
    }
}

/// <summary>Twenty times as fast as the real one, for limits that a test cannot wait for; a busy machine needs what is left of them.</summary>
internal sealed class FastClock : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Faster(dueTime), Faster(period));

    private static TimeSpan Faster(TimeSpan time) => time > TimeSpan.Zero ? time / 20 : time;
}
