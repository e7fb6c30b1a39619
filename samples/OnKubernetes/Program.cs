using Flame;
using Flame.Kubernetes;
using OnKubernetes;

// The rights that the program needs in a cluster, to apply: dotnet run -- rbac my-namespace my-account
if (args is ["rbac", var @namespace, var account])
{
    Console.Write(KubernetesRbac.Manifest(@namespace, account));
    return;
}

var builder = WebApplication.CreateBuilder(args);

// On a laptop executors are processes. Flame__Backend=kubernetes, as kubernetes/on-kubernetes.yaml sets it, makes each a pod.
builder.AddFlame(flame => flame.AddKubernetes().AddPool("cpu", pool =>
{
    pool.Max = 4;
    pool.IdleShutdownAfter = TimeSpan.FromSeconds(15);
}));

var app = builder.Build();
app.MapGet("/", () => "GET /primes/3000000 counts the primes below a number, on executors. GET /executors tells which there are.");
app.MapGet("/primes/{below:int:range(1,100000000)}", Primes.AnswerAsync);
app.MapGet("/executors", (FlamePools pools) => pools["cpu"].GetStats().Executors.Select(e => new { e.Name, e.Description }));
app.MapGet("/healthz", () => "well");
await app.RunAsync();   // an executor goes no further
