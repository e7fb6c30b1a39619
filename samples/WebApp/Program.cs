using Flame;
using Flame.Fly;
using Flame.Kubernetes;
using WebApp;

// The rights that the program needs in a cluster, to apply: dotnet run -- rbac my-namespace my-account
if (args is ["rbac", var @namespace, var account])
{
    Console.Write(KubernetesRbac.Manifest(@namespace, account));
    return;
}

var builder = WebApplication.CreateBuilder(args);

// Flame:Backend says where executors are: local (processes), kubernetes (pods) or fly (machines). The program is the same.
builder.AddFlame(flame => flame.AddKubernetes().AddFly().AddPool("video", pool =>
{
    pool.Max = 4;
    pool.QueueLimit = 20;
    pool.Timeout = TimeSpan.FromMinutes(5);
}));
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = builder.Configuration.GetValue("MaxUploadMiB", 512) * 1024L * 1024);
builder.Services.AddProblems();

var app = builder.Build();
app.UseExceptionHandler();
app.MapGet("/", Page.Send);
app.MapPost("/videos", (HttpRequest upload, CancellationToken ct, int stills = 6) => Lines.Of(Videos.TakeStillsAsync(upload.Body, Math.Clamp(stills, 1, 50), ct)));
app.MapGet("/healthz", () => "well");
app.MapFlameDashboard();   // at /flame, to this machine only; RequireAuthorization opens it to others
await app.RunAsync();      // an executor goes no further: no port is bound there
