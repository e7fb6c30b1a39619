using Flame.Benchmarks.Minimal;
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

builder.AddFlame(flame => flame.AddPool("cold", Cold.Configure));
using var host = builder.Build();
await host.StartAsync();
await Cold.AnswerAsync();
await host.StopAsync();
