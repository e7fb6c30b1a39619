#:package Flame@0.1.0
#:package Microsoft.Extensions.Hosting@10.0.12
using Flame;
using MemoryPack;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = Host.CreateApplicationBuilder(args);
builder.AddFlame(flame => flame.AddPool("main"));
builder.Services.AddFlameProxy<IShop, Shop>();
using var app = builder.Build();
await app.StartAsync();
Console.WriteLine($"parent {Environment.ProcessId}");
Console.WriteLine($"where {await Jobs.WhereAsync()}");
var shop = app.Services.CreateScope().ServiceProvider.GetRequiredService<IShop>();
Console.WriteLine($"shop {shop.Name} {shop is Shop}");
var order = await shop.PriceAsync(new Order("tea", [1, 2, 3], new() { ["a"] = 2.5m }), default);
Console.WriteLine($"order {order.Name} {order.Counts.Count} {order.Prices["a"]}");
await foreach (var n in Jobs.CountAsync(3)) Console.WriteLine($"item {n.Number} {n.Word}");
var copy = new MemoryStream();
var told = new Told();
var items = Jobs.Local.CountAsync(3);
Console.WriteLine($"live {await Jobs.CopyAsync(items, new MemoryStream([1, 2, 3]), copy, told)} {copy.Length} {string.Join(',', told.Reports)}");
try
{
    await Jobs.FailAsync();
}
catch (RemoteException e)
{
    Console.WriteLine($"remote {e.RemoteType}");
}
var flame = app.Services.GetRequiredService<FlamePools>();
var (factor, words) = (2, new List<string> { "a", "b" });
Console.WriteLine($"block {await flame.CallAsync("main", () => $"{factor * 21} {string.Join('+', words)} {FlameParent.Current?.Executor}")}");
await using (var till = await flame.PlaceAsync("main", () => new Till(factor)))
    Console.WriteLine($"placed {await till.Add(3)} {await till.Add(4)} {till.Executor}");
var mapped = await flame.ForEachAsync("main", words, word => word + factor, "", (all, one) => all + one.Value);
Console.WriteLine($"mapped {mapped}");
try
{
    Console.WriteLine($"generic {await Generic.TwiceAsync(flame, 1.5)} {await Generic.TwiceAsync(flame, "t")} {await Generic.TwiceAsync(flame, new Order("tea", [], []))}");
}
catch (PlatformNotSupportedException e)
{
    Console.WriteLine($"generic {e.Message[..7]}");
}
await app.StopAsync();

[MemoryPackable]
public sealed partial record Order(string Name, List<int> Counts, Dictionary<string, decimal> Prices);

public interface IShop
{
    string Name { get; }

    Task<Order> PriceAsync(Order order, CancellationToken ct);
}

public sealed class Shop(ILogger<Shop> log) : IShop
{
    public string Name => "corner";

    [Flame(Pool = "main")]
    public Task<Order> PriceAsync(Order order, CancellationToken ct)
    {
        log.LogInformation("Pricing {Name}", order.Name);
        return Task.FromResult(order with { Name = order.Name.ToUpperInvariant() });
    }
}

[FlameObject]
public sealed class Till(int sum)
{
    public int Add(int amount) => sum += amount;
}

static class Generic
{

    public static async Task<string> TwiceAsync<T>(FlamePools flame, T value)
    {
        var there = await flame.CallAsync("main", () => (value, FlameParent.Current?.Executor));
        return $"{(there.Item1 is Order order ? order.Name : $"{there.Item1}")} {there.Item2}";
    }
}

static class Jobs
{
    [Flame(Pool = "main")]
    public static Task<string> WhereAsync() => Task.FromResult(
        $"{Environment.ProcessId} {FlameParent.Current?.Executor} dynamic-code={System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported}");

    [Flame(Pool = "main")]
    public static async IAsyncEnumerable<(int Number, string Word)> CountAsync(int to)
    {
        for (var i = 0; i < to; i++)
        {
            await Task.Yield();
            yield return (i, "w" + i);
        }
    }

    [Flame(Pool = "main")]
    public static async Task<string> CopyAsync(IAsyncEnumerable<(int Number, string Word)> items, Stream from, Stream to, IProgress<string>? progress)
    {
        var last = "none";
        await foreach (var (_, word) in items) progress?.Report(last = word);
        await from.CopyToAsync(to);
        return last;
    }

    [Flame(Pool = "main")]
    public static Task FailAsync() => throw new InvalidTimeZoneException("no such zone");
}

sealed class Told : IProgress<string>
{
    public List<string> Reports { get; } = [];

    public void Report(string value) => Reports.Add(value);
}
