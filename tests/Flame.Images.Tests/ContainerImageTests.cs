namespace Flame.Images.Tests;

/// <summary>dotnet publish -t:PublishContainer, as far as it goes without the base image that it would pull.</summary>
public sealed class ContainerImageTests(SampleImage image, BareDebian debian) : IClassFixture<SampleImage>
{
    [Fact]
    public void Image_runs_the_program_as_a_user_that_is_not_root()
    {
        var config = image.Configuration.GetProperty("config");
        Assert.Equal("1654", config.GetProperty("User").GetString());
        Assert.Equal(["/app/OnKubernetes"], ContainerImage.Texts(config.GetProperty("Entrypoint")));
        Assert.Equal("/app/", config.GetProperty("WorkingDir").GetString());
        Assert.True(config.GetProperty("ExposedPorts").TryGetProperty("8080/tcp", out _));
        Assert.Equal(["PATH=/usr/bin:/bin", "DOTNET_hostBuilder__reloadConfigOnChange=false"], ContainerImage.Texts(config.GetProperty("Env")));
        Assert.Equal(["on-kubernetes:1"], image.Tags);
    }

    [Fact]
    public void Image_is_the_base_with_the_program_on_top()
    {
        Assert.Contains("GET /v2/base/manifests/1", image.Requests);
        Assert.Equal(2, image.Folders.Length);
        Assert.True(File.Exists(Path.Combine(image.Folders[0], "etc", "base-image")));
        foreach (var file in new[] { "OnKubernetes", "OnKubernetes.dll", "appsettings.json", "Flame.Kubernetes.dll", "libcoreclr.so" })
            Assert.True(File.Exists(Path.Combine(image.Folders[1], "app", file)), file);
        Assert.True(File.GetUnixFileMode(Path.Combine(image.Folders[1], "app", "OnKubernetes")).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task Program_of_the_image_runs_in_a_bare_Debian_that_it_cannot_write_to()
    {
        BareDebian.SkipWhereItCannotBeMade();
        await using var program = await debian.StartAsync([new(Path.Combine(image.Folders[1], "app"), "/app")], "/app/OnKubernetes", "--urls", "http://127.0.0.1:0");
        await Answers.CountPrimesAsync(program);
        Assert.All(program.Alive(), id => Assert.Equal(BareDebian.User, BareDebian.UserOf(id)));
        await Answers.EndAsync(program);
    }
}
