namespace MyApp;

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

public interface INamed
{
    string Name { get; set; }

    event EventHandler? Renamed;
}

public interface IConverter<in TFrom, TTo> : INamed, IDisposable, IAsyncDisposable
    where TTo : notnull
{
    Task<TTo> ConvertAsync(TFrom from, int quality = 80, CancellationToken ct = default);

    IAsyncEnumerable<TTo> ManyAsync(TFrom[] from, CancellationToken ct = default);

    ValueTask WarmAsync([FromServices] INamed there);

    TTo this[TFrom from, int at] { get; }

    bool TryGet(TFrom from, [NotNullWhen(true)] out TTo? to);

    T? Pick<T>(ref int at, in int length, params T[] from);

    ref int Count { get; }

    int Size { init; }

    // Runs on the proxy, so that what it calls is remote.
    async Task<TTo[]> AllAsync(TFrom from) => [await ConvertAsync(from), await ConvertAsync(from)];

    static int Version => 1;
}

internal sealed class Converter : IConverter<string, byte[]>
{
    private int _count;

    string INamed.Name { get; set; } = "";

    public event EventHandler? Renamed;

    [Flame(Pool = "cpu")]
    public Task<byte[]> ConvertAsync(string from, int quality, CancellationToken ct) => Task.FromResult(new byte[quality]);

    [Flame(Pool = "cpu")]
    public async IAsyncEnumerable<byte[]> ManyAsync(string[] from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        yield return new byte[from.Length];
    }

    [Flame(Pool = "cpu")]
    public ValueTask WarmAsync([FromServices] INamed there) => default;

    byte[] IConverter<string, byte[]>.this[string from, int at] => new byte[at];

    public bool TryGet(string from, [NotNullWhen(true)] out byte[]? to) => (to = Renamed is null ? null : []) is not null;

    public T? Pick<T>(ref int at, in int length, params T[] from) => from.Length > length ? from[at] : default;

    public ref int Count => ref _count;

    public int Size { init => _count = value; }

    public void Dispose() => Renamed?.Invoke(this, EventArgs.Empty);

    public ValueTask DisposeAsync() => default;
}

public static class Use
{
    public static void All(IServiceCollection services)
    {
        services.AddFlameProxy<IConverter<string, byte[]>, Converter>();
        services.AddKeyedFlameProxy<IConverter<string, byte[]>, Converter>("fast", ServiceLifetime.Singleton);
    }
}
