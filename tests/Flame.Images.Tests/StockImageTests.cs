using System.Runtime.InteropServices;
using System.Text.Json;
using Flame.Doubles.Kubernetes;

namespace Flame.Images.Tests;

/// <summary>The image of the stock executor, which has no program in it.</summary>
public sealed class StockImageTests(StockImage image, BareDebian debian) : IClassFixture<StockImage>, IDisposable
{
    private const string Name = "flame-executor:1";

    // This Debian has no cultures.
    private static readonly Dictionary<string, string> s_ofBase = new() { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-stock-image-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Image_runs_the_stock_executor_as_a_user_that_is_not_root_on_a_base_that_has_the_frameworks()
    {
        var config = image.Configuration.GetProperty("config");
        Assert.Equal("1654", config.GetProperty("User").GetString());
        Assert.Equal(["dotnet", "/app/flame-executor.dll"], ContainerImage.Texts(config.GetProperty("Entrypoint")));
        Assert.Equal("flame-executor", Assert.Single(image.Tags).Split(':')[0]);
        Assert.False(File.Exists(Path.Combine(image.Folders[1], "app", "libcoreclr.so")));
        Assert.Contains("<ContainerBaseImage>mcr.microsoft.com/dotnet/aspnet:10.0-", File.ReadAllText(Path.Combine(Repository.Path, "src", "Flame.Stock", "Flame.Stock.csproj")), StringComparison.Ordinal);

        // What the base brings is enough for what a program may want: a host of ASP.NET Core.
        using var runtime = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(image.Folders[1], "app", "flame-executor.runtimeconfig.json")));
        Assert.Contains("Microsoft.AspNetCore.App", runtime.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_of_the_image_in_a_bare_Debian_become_executors_of_a_program_outside()
    {
        BareDebian.SkipWhereItCannotBeMade();
        var entry = ContainerImage.Texts(image.Configuration.GetProperty("config").GetProperty("Entrypoint"));

        // Where Microsoft's images have it. Who has no home gets that one from a node.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var pod = await debian.CommandAsync(
            [new(Path.Combine(image.Folders[1], "app"), "/app"), new(dotnet, "/usr/share/dotnet")], "/usr/bin/env", ["HOME=/", "PATH=/usr/share/dotnet:/usr/bin:/bin", .. entry]);
        var options = new KubernetesOptions { Namespace = "apps", Images = { [Name] = new LocalImage(pod) { Environment = s_ofBase } } };
        await using var cluster = await KubernetesDouble.StartAsync(options);
        var kubeconfig = Path.Combine(_folder.FullName, "kubeconfig");
        cluster.WriteKubeconfig(kubeconfig);

        await using var program = LaptopTests.Start([], ("Flame__Backend", "kubernetes"), ("Flame__Kubernetes__Image", Name), ("KUBECONFIG", kubeconfig));
        await Answers.CountPrimesAsync(program);
        var executors = cluster.Pods.Select(one => cluster.Process(one["metadata"]!["name"]!.GetValue<string>())!.Id).ToArray();
        Assert.NotEmpty(executors);
        Assert.All(executors, id => Assert.Equal(BareDebian.User, BareDebian.UserOf(id)));
        Assert.All(executors, id => Assert.Contains("OnKubernetes.dll", File.ReadAllText($"/proc/{id}/cmdline"), StringComparison.Ordinal));
        await Answers.EndAsync(program);
        Assert.Empty(cluster.Objections);
    }
}
