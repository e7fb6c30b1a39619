using Flame;
using Flame.Kubernetes;
using Sweep;

if (Torch.Missing() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddCommandLine(args, new Dictionary<string, string> { ["--max"] = "Flame:Pools:trainers:Max" });
var options = builder.Configuration.Get<Options>() ?? new Options();
if (options.Problem is { } problem)
{
    Console.Error.WriteLine(problem);
    return 2;
}

// How many executors there are, and where, is in appsettings.json, in the environment or on the command line. The terminal is the board's.
builder.AddFlame(flame => flame.AddKubernetes().AddPool("trainers").Progress = FlameProgress.Off);
await using var app = builder.Build();
app.MapFlameDashboard();
app.MapGet("/", () => Results.Redirect("/flame"));
await app.StartAsync();   // an executor goes no further

var address = app.Urls.First();
Console.WriteLine($"{options.Variants} variants, {options.Steps} steps each. Their curves: {address}/flame#/curves");
Outcome outcome;
using (var board = Board.Open()) outcome = await new Search(options, board, app.Lifetime.ApplicationStopping).RunAsync();
Console.WriteLine(outcome);
if (outcome.Best is not null) Console.WriteLine(await outcome.SaveAsync(options.Out));
if (options.Stay)
{
    Console.WriteLine("Ctrl-C ends the dashboard.");
    await app.WaitForShutdownAsync();
}

await app.StopAsync();
return outcome.Best is null ? 1 : 0;
