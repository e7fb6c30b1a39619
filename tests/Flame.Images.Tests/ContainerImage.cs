using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Flame.Doubles.Registry;

namespace Flame.Images.Tests;

/// <summary>An image that the SDK makes of a project, on a base that a registry on loopback serves; made once.</summary>
/// <param name="project">The folder of the project.</param>
/// <param name="arguments">What its publication has of its own.</param>
public abstract class ContainerImage(string project, params string[] arguments) : IAsyncLifetime
{
    // Both are built from the same sources, in their own folders.
    private static readonly SemaphoreSlim s_one = new(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-image-");

    /// <summary>What was asked of the registry.</summary>
    internal IReadOnlyCollection<string> Requests { get; private set; } = [];

    /// <summary>The image's configuration.</summary>
    internal JsonElement Configuration { get; private set; }

    /// <summary>The names under which it is known.</summary>
    internal string[] Tags { get; private set; } = [];

    /// <summary>The unpacked layers, the base first.</summary>
    internal string[] Folders { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        var archive = Path.Combine(_folder.FullName, "image.tar.gz");
        await s_one.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await using var registry = await RegistryDouble.StartAsync(BaseImage.WithFile("etc/base-image", "here", "PATH=/usr/bin:/bin"), "base", "1");
            await Dotnet.RunAsync(
                Repository.Path,
                [
                    "publish", project, "-c", Dotnet.Configuration, "-t:PublishContainer", .. arguments,
                    $"-p:ContainerBaseImage={registry.Image}", $"-p:ContainerArchiveOutputPath={archive}", $"-p:PublishDir={_folder.FullName}/publish/", "-v", "q", "-nologo",
                ]);
            Requests = registry.Requests;
        }
        finally
        {
            s_one.Release();
        }

        var image = _folder.CreateSubdirectory("image").FullName;
        await Dotnet.RunAsync(image, "tar", ["-xf", archive]);
        var manifest = Json(Path.Combine(image, "manifest.json"))[0];
        Configuration = Json(Path.Combine(image, manifest.GetProperty("Config").GetString()!));
        Tags = Texts(manifest.GetProperty("RepoTags"));
        Folders = [.. Texts(manifest.GetProperty("Layers")).Select((layer, i) => Unpacked(Path.Combine(image, layer), $"layer-{i}"))];
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;

    private string Unpacked(string layer, string name)
    {
        var folder = _folder.CreateSubdirectory(name).FullName;
        using var compressed = File.OpenRead(layer);
        using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(gzip, folder, overwriteFiles: true);
        return folder;
    }
}

/// <summary>The sample, with all of .NET that it needs.</summary>
public sealed class SampleImage() : ContainerImage("samples/OnKubernetes", "-r", "linux-x64", "--self-contained");

/// <summary>The stock executor, which becomes programs by the .NET of its base.</summary>
public sealed class StockImage() : ContainerImage("src/Flame.Stock");
