using System.Text.Json.Nodes;
using Flame.Doubles;
using Flame.Doubles.Kubernetes;

namespace Flame.Chaos;

/// <summary>A cluster: executors are its pods.</summary>
internal sealed class KubernetesPlatform(KubernetesDouble cluster) : Platform
{
    private const string Image = "chaos:1";

    private static readonly string[] s_names = ["flame-"];
    private int _parents;

    public override string Name => "kubernetes";

    public override IReadOnlyList<(string Name, Func<Random, CancellationToken, Task> Happen)> Faults =>
    [
        ("kill -9", (random, _) => OnExecutor(random, pod => cluster.Faults.Signal(pod, MachineProcess.SigKill))),
        ("out of memory", (random, _) => OnExecutor(random, pod => cluster.Faults.RunOutOfMemory(pod))),
        ("SIGTERM", (random, _) => OnExecutor(random, pod => cluster.Delete(ResourceKind.Pods, pod))),
        ("preempt", (random, _) => OnExecutor(random, pod => cluster.Faults.Preempt(pod))),
        ("evict", (random, _) => OnExecutor(random, pod => cluster.Faults.Evict(pod))),
        ("API down", async (random, ct) =>
        {
            await cluster.Faults.ApiDownAsync();
            await Task.Delay(random.Next(200, 1500), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await cluster.Faults.ApiUpAsync();
        }),
        ("watch cut", (_, _) => Now(() => cluster.Faults.DropWatches())),
        ("410", (_, _) => Now(() =>
        {
            cluster.Faults.CompactHistory();
            cluster.Faults.DropWatches();
        })),
        ("429", (random, _) => Now(() => cluster.Faults.Throttle(random.Next(1, 4)))),
        ("500", (random, _) => Now(() => cluster.Faults.Fail(500, "InternalError", "etcdserver: request timed out", random.Next(1, 4)))),
        ("lost answers", (random, _) => Now(() => cluster.Faults.LoseAnswer(request => request.Verb is "create" or "patch" or "delete", random.Next(1, 3)))),
    ];

    public static async Task<KubernetesPlatform> StartAsync() =>
        new(await KubernetesDouble.StartAsync(new KubernetesOptions { Images = { [Image] = new LocalImage(Program, ["parent", "kubernetes"]) } }));

    public override async Task<IParentMachine> StartParentAsync(IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        var name = $"parent-{++_parents}";
        cluster.Create(ResourceKind.Pods, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "Never",
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = "app",
                    ["image"] = Image,
                    ["env"] = new JsonArray([
                        .. environment.Select(e => (JsonNode)new JsonObject { ["name"] = e.Key, ["value"] = e.Value }),
                        new JsonObject { ["name"] = "POD_NAME", ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.name" } } },
                    ]),
                }),
            },
        });
        await cluster.PodAsync(name, _ => cluster.Process(name) is not null, ct);
        return new Parent(cluster, name);
    }

    public override Task HealAsync() => Task.CompletedTask;

    public override IReadOnlyList<string> Leftovers() =>
    [
        .. cluster.Pods.Select(pod => $"pod {Text(pod)}"),
        .. cluster.Secrets.Select(secret => $"secret {Text(secret)}").Where(name => s_names.Any(name.Contains)),
        .. cluster.Objects(ResourceKind.Leases).Select(lease => $"lease {Text(lease)}"),
    ];

    public override ValueTask DisposeAsync() => cluster.DisposeAsync();

    private Task OnExecutor(Random random, Action<string> happen) => Now(() =>
    {
        var running = cluster.Pods.Where(pod => Text(pod).StartsWith("flame-", StringComparison.Ordinal) && (string?)pod["status"]?["phase"] == "Running").Select(Text).Order(StringComparer.Ordinal).ToArray();
        if (running.Length == 0) return;
        try
        {
            happen(running[random.Next(running.Length)]);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the same moment.
        }
    });

    private static Task Now(Action happen)
    {
        happen();
        return Task.CompletedTask;
    }

    private static string Text(JsonObject found) => (string)found["metadata"]!["name"]!;

    private sealed class Parent(KubernetesDouble cluster, string name) : IParentMachine
    {
        private readonly MachineProcess _process = cluster.Process(name)!;

        public Task<int> Exited => _process.Exited;

        public void Kill() => _process.Signal(MachineProcess.SigKill);

        public async Task RemoveAsync()
        {
            cluster.Delete(ResourceKind.Pods, name);
            await cluster.PodGoneAsync(name, CancellationToken.None);
        }
    }
}
