using System.Diagnostics;
using System.Globalization;
using Flame;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// MinimalApp with a host, its container, configuration and logging; and, when it is to be empty, that host and nothing else.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);   // the host says on standard output that it starts
if (args is ["empty"])
{
    using var empty = builder.Build();
    await empty.StartAsync();
    Console.WriteLine("1");
    await empty.StopAsync();
    return;
}

var gone = new SemaphoreSlim(0);
builder.AddFlame(flame => flame.AddPool("cold", pool =>
{
    pool.Max = 1;
    pool.SingleUse = true;
    pool.OnShrink = _ => gone.Release();
}));
using var host = builder.Build();
await host.StartAsync();
while (await Console.In.ReadLineAsync() is not null)
{
    var started = Stopwatch.GetTimestamp();
    var sum = await Work.AddAsync(20, 22);
    var elapsed = Stopwatch.GetElapsedTime(started);
    if (sum != 42) throw new InvalidOperationException($"the executor answered {sum}");
    await gone.WaitAsync();
    Console.WriteLine(elapsed.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture));
}

await host.StopAsync();

internal static class Work
{
    [Flame(Pool = "cold")]
    public static Task<int> AddAsync(int a, int b) => Task.FromResult(a + b);
}
