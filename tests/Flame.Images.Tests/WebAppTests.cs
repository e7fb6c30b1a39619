using System.Globalization;
using Flame.Doubles.Fly;
using Flame.Doubles.Kubernetes;
using Flame.Kubernetes;
using Tomlyn;
using Tomlyn.Model;

namespace Flame.Images.Tests;

/// <summary>The web application where it is deployed to: the same program, with the environment that its files give it, on doubles of both clouds.</summary>
public sealed class WebAppTests : IDisposable
{
    private static readonly string s_samples = Path.Combine(Repository.Path, "samples", "WebApp");
    private static readonly TomlTable s_toml = TomlSerializer.Deserialize<TomlTable>(File.ReadAllText(Path.Combine(s_samples, "fly.toml")))!;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-webapp-");

    private string Video => Path.Combine(_folder.FullName, "clip.mp4");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Executors_are_machines_of_the_size_that_fly_toml_says()
    {
        const string image = "registry.fly.io/webapp:deployment-1";
        await using var cloud = await FlyDouble.StartAsync();
        cloud.Images[image] = new MachineProgram(SampleProcess.WebApp);
        await using var program = Start(
            [
                .. Table("env").Select(variable => (variable.Key, (string)variable.Value)),
                ("FLY_API_TOKEN", cloud.Token), ("FLY_APP_NAME", cloud.App), ("FLY_IMAGE_REF", image), ("FLY_REGION", (string)s_toml["primary_region"]), ("FLY_PRIVATE_IP", "::1"),
                ("Flame__Fly__ApiHost", cloud.Address),
            ]);

        await SendAsync(program);
        var machine = Assert.Single(cloud.Machines);
        Assert.Equal((image, "1", "2048"), ((string?)machine.Config["image"], machine.Config["guest"]!["cpus"]!.ToString(), machine.Config["guest"]!["memory_mb"]!.ToString()));
        await Answers.EndAsync(program);
        await machine.Destroyed;
    }

    [Fact]
    public async Task Executors_are_pods_of_the_size_that_the_manifest_says()
    {
        var manifest = new Manifest("WebApp/kubernetes/webapp.yaml");
        await using var cluster = await KubernetesDouble.StartAsync(new() { Namespace = manifest.Name, Images = { ["webapp:1"] = new LocalImage(SampleProcess.WebApp) } });
        await using var program = Start(
            [
                .. manifest.Environment,
                // It is not a pod here, and says itself what a pod would have been read from.
                ("KUBECONFIG", cluster.WriteKubeconfig(Path.Combine(_folder.FullName, "kubeconfig"))), ("Flame__Kubernetes__Image", "webapp:1"),
            ]);

        await SendAsync(program);
        var requests = Assert.Single(cluster.Pods)["spec"]!["containers"]![0]!["resources"]!["requests"]!;
        Assert.Equal(("1", "512Mi"), (requests["cpu"]!.ToString(), requests["memory"]!.ToString()));
        await Answers.EndAsync(program);
        Assert.Empty(cluster.Pods);
        Assert.Empty(cluster.Objections);
    }

    [Fact]
    public void Fly_gives_the_parent_the_time_to_drain_and_does_not_stop_it_when_nobody_asks()
    {
        Assert.Equal("SIGTERM", s_toml["kill_signal"]);
        var limit = TimeSpan.FromSeconds(int.Parse(((string)s_toml["kill_timeout"]).TrimEnd('s'), CultureInfo.InvariantCulture));
        Assert.InRange(limit, new FlamePoolOptions().ShutdownTimeout + TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
        Assert.Equal(("off", 1L), (Table("http_service")["auto_stop_machines"], Table("http_service")["min_machines_running"]));
    }

    [Fact]
    public void Fly_asks_where_the_program_listens()
    {
        var port = $"{Table("http_service")["internal_port"]}";
        Assert.Equal(port, Table("env")["ASPNETCORE_HTTP_PORTS"]);
        Assert.Contains($"\nEXPOSE {port}\n", File.ReadAllText(Path.Combine(s_samples, "Dockerfile")), StringComparison.Ordinal);
        var check = Assert.Single((TomlTableArray)Table("http_service")["checks"]);
        Assert.Contains($"app.MapGet(\"{check["path"]}\"", File.ReadAllText(Path.Combine(s_samples, "Program.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_prints_the_rights_that_it_needs()
    {
        await using var program = new SampleProcess(_folder.FullName, SampleProcess.WebApp, ["rbac", "webapp", "webapp"]);
        await program.EndAsync();
        Assert.Equal(KubernetesRbac.Manifest("webapp", "webapp").TrimEnd('\n').Split('\n'), program.Out);
    }

    private static TomlTable Table(string name) => (TomlTable)s_toml[name];

    private SampleProcess Start((string Name, string Value)[] environment) =>
        new(_folder.FullName, SampleProcess.WebApp, ["--urls", "http://127.0.0.1:0"], environment);

    private async Task SendAsync(SampleProcess program)
    {
        await Pictures.MakeVideoAsync(Video);
        using var upload = await Upload.ToAsync(program);
        var stills = await upload.SendAsync(Video, 2);
        Assert.Equal(["video/1", "video/1"], stills.Select(still => still.Executor));
    }
}
