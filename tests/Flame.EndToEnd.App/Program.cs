using Flame;
using Flame.EndToEnd.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A program that uses Flame as its users do: `<way of starting> <action> [key=value …]`. Executors get the same arguments.
switch (args)
{
    case ["bare", var action, ..]:
        await using (await FlameApplication.StartAsync(Setup.Flame))
            await Actions.RunAsync(action);
        return 0;

    case ["host", var action, ..]:
    {
        var builder = Host.CreateApplicationBuilder(args);
        Setup.Services(builder);
        using var host = builder.Build();
        if (FlameParent.Current is not null && Setup.Has("stall")) await Task.Delay(Timeout.Infinite);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => Console.WriteLine("stopping"));
        await host.StartAsync();
        Actions.Services = host.Services;
        await Actions.RunAsync(action);
        await (Setup.Has("stay") ? host.WaitForShutdownAsync() : host.StopAsync());
        Console.WriteLine("ended");
        return 0;
    }

    case ["web", ..]:
    {
        var builder = WebApplication.CreateBuilder(args);
        Setup.Services(builder);
        await using var app = builder.Build();
        Console.WriteLine($"built {Environment.ProcessId}");
        app.MapGet("/", () => Jobs.WhereAsync());
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"listening {app.Urls.First()}"));
        app.Run();
        Console.WriteLine("ended");
        return 0;
    }

    default:
        Console.Error.WriteLine($"unknown scenario {string.Join(' ', args)}");
        return 64;
}
