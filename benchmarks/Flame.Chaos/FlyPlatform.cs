using System.Text.Json.Nodes;
using Flame.Doubles;
using Flame.Doubles.Fly;

namespace Flame.Chaos;

/// <summary>Fly: executors are its machines.</summary>
internal sealed class FlyPlatform(FlyDouble cloud) : Platform
{
    private const string Image = "registry.fly.io/double:chaos";
    private const string Parent = "chaos-parent";

    public override string Name => "fly";

    public override IReadOnlyList<(string Name, Func<Random, CancellationToken, Task> Happen)> Faults =>
    [
        ("kill -9", (random, _) => OnExecutor(random, machine => machine.Kill())),
        ("out of memory", (random, _) => OnExecutor(random, machine => machine.RunOutOfMemory())),
        ("SIGTERM", (random, _) => OnExecutor(random, machine => machine.Signal(MachineProcess.SigTerm))),
        ("API down", async (random, ct) =>
        {
            await cloud.GoDownAsync();
            await Task.Delay(random.Next(200, 1500), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await cloud.ComeBackAsync();
        }),
        ("503", (_, _) => Now(() => cloud.Faults.Next("create", FlyFault.Unavailable, FlyFault.Unavailable))),
        ("lost create", (_, _) => Now(() => cloud.Faults.Next("create", FlyFault.LostAnswer))),
        ("committed 500", (_, _) => Now(() => cloud.Faults.Next("create", FlyFault.CommittedThenFailed))),
        ("committed 408", (_, _) => Now(() => cloud.Faults.Next("create", FlyFault.CommittedThenTimeout))),
        ("host full", (_, _) => Now(() => cloud.Faults.Next("create", FlyFault.HostFull))),
        ("429", (_, _) => Now(() => cloud.Faults.Next("create", FlyFault.Throttled))),
        ("launch fails", (_, _) => Now(() => cloud.Faults.NextMachine(MachineFault.LaunchFails))),
        ("slow boot", (_, _) => Now(() => cloud.Faults.NextMachine(MachineFault.SlowBoot))),
        ("exits at once", (_, _) => Now(() => cloud.Faults.NextMachine(MachineFault.ExitsAtOnce))),
        ("list lags", (_, _) => Now(() => cloud.Faults.ListLag = TimeSpan.FromMilliseconds(500))),
    ];

    public static async Task<FlyPlatform> StartAsync(int seed)
    {
        var cloud = await FlyDouble.StartAsync(seed);
        cloud.Images[Image] = new MachineProgram(Program, "parent", "fly");
        cloud.Secrets["FLY_API_TOKEN"] = cloud.Token;
        return new FlyPlatform(cloud);
    }

    public override Task<IParentMachine> StartParentAsync(IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        var env = new JsonObject { [ChaosParent.Api] = cloud.Address };
        foreach (var (name, value) in environment) env[name] = value;
        var machine = cloud.Plant(
            new JsonObject { ["image"] = Image, ["env"] = env, ["auto_destroy"] = true, ["restart"] = new JsonObject { ["policy"] = "no" }, ["metadata"] = new JsonObject { [Parent] = "1" } });
        return Task.FromResult<IParentMachine>(new ParentMachine(machine));
    }

    public override Task HealAsync()
    {
        cloud.Faults.ListLag = TimeSpan.Zero;
        while (cloud.Faults.Of("create") is not null)
        {
            // What was to come in the round before.
        }

        return Task.CompletedTask;
    }

    public override IReadOnlyList<string> Leftovers() => [.. cloud.Live.Select(machine => $"machine {machine.Id} ({machine.State})")];

    public override ValueTask DisposeAsync() => cloud.DisposeAsync();

    private Task OnExecutor(Random random, Action<CloudMachine> happen) => Now(() =>
    {
        var running = cloud.Live.Where(m => m.State == "started" && m.Metadata(Parent) is null).OrderBy(m => m.CreatedAt).ToArray();
        if (running.Length > 0) happen(running[random.Next(running.Length)]);
    });

    private static Task Now(Action happen)
    {
        happen();
        return Task.CompletedTask;
    }

    private sealed class ParentMachine(CloudMachine machine) : IParentMachine
    {
        public Task<int> Exited { get; } = ExitAsync(machine);

        public void Kill() => machine.Kill();

        public Task RemoveAsync() => machine.Destroyed;

        private static async Task<int> ExitAsync(CloudMachine machine)
        {
            await machine.Destroyed;
            return 0;
        }
    }
}
