using Microsoft.Extensions.DependencyInjection;

namespace Flame.EndToEnd.Tests.Calls;

internal static class ExecutorServices
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Shop>();
        services.AddScoped<Desk>();
        services.AddScoped<Clerk>();
        services.AddScoped<Homeless>();
    }
}

/// <summary>One per executor.</summary>
public sealed class Shop
{
    private readonly List<Guid> _closed = [];

    public void Closed(Guid desk)
    {
        lock (_closed) _closed.Add(desk);
    }

    public bool HasClosed(Guid desk)
    {
        lock (_closed) return _closed.Contains(desk);
    }
}

/// <summary>One per call; closed with it.</summary>
public sealed class Desk(Shop shop) : IAsyncDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        shop.Closed(Id);
    }
}

public interface INowhere;

public sealed class Homeless(INowhere nowhere)
{
    public INowhere Nowhere => nowhere;
}

public sealed class Clerk(Desk desk)
{
    [Flame(Pool = "main")]
    public async Task<(Guid Mine, Guid Given, bool Open)> DeskAsync([FromServices] Desk given, [FromServices] Shop shop)
    {
        await Task.Yield();
        return (desk.Id, given.Id, !shop.HasClosed(given.Id));
    }

    [Flame(Pool = "main")]
    public static Task<bool> HasClosedAsync(Guid id, [FromServices] Shop shop) => Task.FromResult(shop.HasClosed(id));

    [Flame(Pool = "main")]
    public async IAsyncEnumerable<Guid> DesksAsync([FromServices] Shop shop)
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return shop.HasClosed(desk.Id) ? Guid.Empty : desk.Id;
        }
    }

    [Flame(Pool = "main")]
    public async Task<Guid> FailAsync()
    {
        await Task.Yield();
        throw new AppException(desk.Id.ToString());
    }

    [Flame(Pool = "main")]
    public static Task<bool> MissingAsync([FromServices] INowhere nowhere) => Task.FromResult(nowhere is null);

    [Flame(Pool = "main")]
    public static Task<bool> OptionalAsync([FromServices] INowhere? nowhere = null) => Task.FromResult(nowhere is null);

    [Flame(Pool = "main")]
    public static Task<bool> HomelessAsync([FromServices] Homeless homeless) => Task.FromResult(homeless is null);
}

public sealed class Stranger
{
    [Flame(Pool = "main")]
    public Task<int> HashAsync() => Task.FromResult(GetHashCode());
}
