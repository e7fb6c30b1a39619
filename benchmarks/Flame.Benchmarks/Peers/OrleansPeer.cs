using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flame.Benchmarks;

/// <summary>A grain of Orleans, which answers to a client of its silo.</summary>
public interface IEchoGrain : IGrainWithIntegerKey
{
    /// <summary>Answers.</summary>
    Task<Response> EchoAsync(Request request);
}

/// <summary>The grain.</summary>
[Orleans.Concurrency.StatelessWorker]
public sealed class EchoGrain : Grain, IEchoGrain
{
    /// <inheritdoc />
    public Task<Response> EchoAsync(Request request) => Task.FromResult(Echo.Answer(request));
}

/// <summary>Orleans: one silo in a process of its own, and its client, over TCP on loopback.</summary>
internal sealed class OrleansPeer : IAsyncDisposable
{
    public const string Name = "Orleans grain, TCP";

    private readonly IHost _host;
    private readonly IEchoGrain _grain;

    private OrleansPeer(IHost host) => (_host, _grain) = (host, host.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(1));

    public static async Task ServeAsync()
    {
        var (silo, gateway) = (FreePort(), FreePort());
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.UseOrleans(orleans => orleans.UseLocalhostClustering(silo, gateway));
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(gateway);
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await host.StopAsync();
    }

    public static async Task<OrleansPeer> ConnectAsync(string gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(int.Parse(gateway, CultureInfo.InvariantCulture)));
        var host = builder.Build();
        await host.StartAsync();
        return new OrleansPeer(host);
    }

    public Task<Response> CallAsync(Request request) => _grain.EchoAsync(request);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
