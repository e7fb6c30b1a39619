using Flame;
using Flame.EndToEnd.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A program that uses Flame as its users do: `<way of starting> <action> [key=value …]`. Executors get the same arguments.
switch (args)
{
    case ["bare", var action, ..]:
        await using (var pools = await FlameApplication.StartAsync(Setup.Flame))
        {
            if (Setup.Has("dispose-at-exit")) AppDomain.CurrentDomain.ProcessExit += (_, _) => pools.DisposeAsync().AsTask().Wait();
            await Actions.RunAsync(action);
        }

        if (Setup.Has("call-after")) await Actions.RunAsync("call");
        if (!Setup.Has("linger")) return 0;
        Console.WriteLine("lingers");
        await Task.Delay(Timeout.Infinite);
        return 0;

    case ["host", var action, ..]:
    {
        var builder = Host.CreateApplicationBuilder(args);
        Setup.Services(builder);
        using var host = builder.Build();
        if (FlameParent.Current is not null)
        {
            var log = host.Services.GetRequiredService<ILogger<Greeter>>();
            for (var line = 0; line < Setup.Number("early-lines", 0); line++) log.LogWarning("early {Line} {Words}", line, new string('x', 10_000));
        }

        if (FlameParent.Current is not null && Setup.Has("stall")) await Task.Delay(Timeout.Infinite);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => Console.WriteLine("stopping"));
        await host.StartAsync();
        Actions.Services = host.Services;
        await Actions.RunAsync(action);
        await (Setup.Has("stay") ? host.WaitForShutdownAsync() : host.StopAsync());
        await Load.Ended;
        Console.WriteLine("ended");
        return 0;
    }

    case ["web", ..]:
    {
        var builder = WebApplication.CreateBuilder(args);
        Setup.Services(builder);
        await using var app = builder.Build();
        Console.WriteLine($"built {Environment.ProcessId}");
        Web.Map(app);
        app.Lifetime.ApplicationStopping.Register(() => Console.WriteLine("stopping"));
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"listening {app.Urls.First()}"));
        app.Run();
        Console.WriteLine("ended");
        return 0;
    }

    default:
        Console.Error.WriteLine($"unknown scenario {string.Join(' ', args)}");
        return 64;
}
