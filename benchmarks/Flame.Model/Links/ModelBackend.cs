using Flame.Backends;
using Flame.Links;

namespace Flame.Model;

/// <summary>Executors that are played: each boot ends as the schedule wants.</summary>
internal sealed class ModelBackend(World world, Books books, int concurrency) : FlameBackend
{
    public const int Retries = 1;

    public override string Name => "model";

    public LinkAcceptor Door { get; set; } = null!;

    public override Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        world.Point("a boot");
        var fate = books.TroublesLeft > 0 ? world.Choose(8, $"the boot of {request.Executor} has trouble") : 0;
        if (fate is > 0 and < 5)
        {
            books.Trouble();
            books.BootsFailed = true;
        }

        if (fate is 1 or 2) throw new BackendException("there is no room", permanent: fate == 2);
        var executor = new ModelExecutor(world, books, request.Executor, concurrency);
        books.Executors.Add(executor);
        world.Post(request.Executor, fate switch
        {
            3 => () => executor.Die("exited with code 1"),
            4 => () => executor.ComeAndGo(Door),
            _ => () => executor.Come(Door),
        });
        return Task.FromResult<BackendExecutor>(executor);
    }
}
