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

    private const int MostTries = 5;

    private readonly IHost _host;
    private readonly IEchoGrain _grain;

    private OrleansPeer(IHost host) => (_host, _grain) = (host, host.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(1));

    public static async Task ServeAsync()
    {
        var (host, gateway) = await StartAsync();
        using var silo = host;
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

    /// <summary>A silo, and the port of its gateway. It has to be told its ports, and somebody may take one before it does: then it is told others.</summary>
    private static async Task<(IHost Host, int Gateway)> StartAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var (silo, gateway) = FreePorts();
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Logging.ClearProviders();
            builder.UseOrleans(orleans => orleans.UseLocalhostClustering(silo, gateway));
            var host = builder.Build();
            try
            {
                await host.StartAsync();
                return (host, gateway);
            }
            catch (Exception exception) when (tries < MostTries && exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                host.Dispose();
            }
        }
    }

    /// <summary>Two at once, or the second could be the first again.</summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }
}
