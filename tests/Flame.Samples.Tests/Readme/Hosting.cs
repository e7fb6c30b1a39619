using System.Net;
using Flame.Fly;
using Flame.Grpc;
using Flame.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flame.Samples.Tests.Readme;

/// <summary>The README's code about hosts, compiled.</summary>
internal static class Hosting
{
    public static async Task ServeAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddFlame(flame => flame
            .AddPool("cpu", pool => pool.Max = 8)
            .AddPool("render", pool => { pool.Max = 4; pool.MaxConcurrency = 2; }));
        builder.Services.AddScoped<Invoices>();

        var app = builder.Build();
        app.MapGet("/invoices/{number}", (int number, Invoices invoices, CancellationToken ct) => invoices.RenderAsync(number, ct));
        await app.RunAsync();   // in an executor: no port is bound, no hosted service starts, calls are served
    }

    /// <summary>A host whose executors are where its configuration says.</summary>
    public static IHost Anywhere(IConfiguration configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(configuration);
        builder.AddFlame(flame => flame.AddKubernetes().AddFly().AddPool("cpu", pool => pool.Max = 8));
        return builder.Build();
    }

    public static void UseNetwork(IHostApplicationBuilder builder)
    {
        builder.AddFlame(flame => flame.UseGrpc(grpc =>
        {
            grpc.Address = IPAddress.Any;      // default: loopback
            grpc.Port = 7443;                  // default: a free one
            grpc.Hosts.Add("parent.internal"); // what executors dial
        }));
    }

    public static async Task<int> SpellAsync()
    {
        await Primes.CountAsync(0, 1000);           // on the pool; inside an executor, in place
        await Primes.Remote.CountAsync(0, 1000);    // on the pool, whatever the build intercepts
        await Primes.Local.CountAsync(0, 1000);     // here
        await Primes.Cast.CountAsync(0, 1000);      // handed to the pool, and not waited for
        var call = Primes.Spawn.CountAsync(0, 1000);   // handed to the pool, and awaited when it suits
        return (await call).Count;
    }

    /// <summary>A host with a configuration of its own, to look at what it makes of it.</summary>
    public static IHost Configured(IConfiguration configuration, Action<FlameBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(configuration);
        builder.AddFlame(configure);
        return builder.Build();
    }

}

public sealed class Invoices(ILogger<Invoices> log)
{
    [Flame(Pool = "render", Idempotent = true, Timeout = "00:01:00")]
    public async Task<byte[]> RenderAsync(int number, CancellationToken ct)
    {
        log.LogInformation("Rendering {Number}", number);   // arrives in the parent's log
        await Task.Delay(100, ct);                          // the caller's token
        return [1, 2, 3];
    }
}
