namespace Flame.Images.Tests;

/// <summary>The Dockerfiles, as far as they go without the images that they begin with: the first stage is carried out here, and the last one read.</summary>
public sealed class DockerfileTests(DockerfileTests.Sources sources) : IClassFixture<DockerfileTests.Sources>
{
    [Theory]
    [InlineData("samples/OnKubernetes", "WORKDIR /app", "COPY --from=build /repository/out .", "EXPOSE 8080", "USER 1654", "ENTRYPOINT [\"/app/OnKubernetes\"]")]
    [InlineData("src/Flame.Stock", "WORKDIR /executor", "COPY --from=build /repository/out .", "USER 1654", "ENTRYPOINT [\"/executor/flame-executor\"]")]
    public async Task First_stage_builds_the_program_from_what_it_copies_and_the_last_one_runs_it(string project, params string[] last)
    {
        var (first, found) = Stages(project);
        Assert.EndsWith(" AS build", first[0][1]);
        foreach (var line in first[1..])
        {
            if (line[0] == "WORKDIR") Assert.Equal("/repository", line[1]);
            else if (line[0] == "COPY") sources.Copy(line[1].Split(' '));
            else if (line[0] == "RUN") await Dotnet.RunAsync(sources.Folder, line[1].Split(' ')[0], line[1].Split(' ')[1..]);
            else Assert.Fail($"{line[0]} is not known here");
        }

        Assert.Equal(last, found[1..].Where(line => line[0] != "ENV").Select(line => string.Join(' ', line)));
        var program = last[^1].Split('/')[^1].TrimEnd(']', '"');
        Assert.True(File.GetUnixFileMode(Path.Combine(sources.Folder, "out", program)).HasFlag(UnixFileMode.OtherExecute));
    }

    [Theory]
    [InlineData("samples/OnKubernetes")]
    [InlineData("src/Flame.Stock")]
    public void Last_stage_begins_with_the_image_that_the_SDK_would_take(string project)
    {
        var (first, last) = Stages(project);
        var family = File.ReadAllText(Directory.GetFiles(Path.Combine(Repository.Path, project), "*.csproj").Single()).Split("<ContainerFamily>")[1].Split('<')[0];
        Assert.Equal($"mcr.microsoft.com/dotnet/aspnet:10.0-{family}", last[0][1]);
        Assert.StartsWith("mcr.microsoft.com/dotnet/sdk:10.0 ", first[0][1]);
    }

    [Fact]
    public void Dockerfile_of_the_web_application_is_that_one_with_ffmpeg_and_its_sources()
    {
        var known = Lines("samples/OnKubernetes").Select(line => string.Join(' ', line).Replace("OnKubernetes", "WebApp", StringComparison.Ordinal).Replace("-noble-chiseled", "", StringComparison.Ordinal)).ToArray();
        var lines = Lines("samples/WebApp").Select(line => string.Join(' ', line)).ToArray();
        Assert.Equal(
            ["COPY samples/Thumbnails samples/Thumbnails", "RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*"],
            lines.Except(known));
        Assert.Equal(known, lines.Intersect(known));
    }

    private static (string[][] First, string[][] Last) Stages(string project)
    {
        var lines = Lines(project);
        var last = Array.FindLastIndex(lines, line => line[0] == "FROM");
        return (lines[..last], lines[last..]);
    }

    private static string[][] Lines(string project) =>
        [.. File.ReadLines(Path.Combine(Repository.Path, project, "Dockerfile")).Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line => line.Split(' ', 2))];

    /// <summary>What the first stages are carried out in: one after the other in the same folder, so that what both need is built once.</summary>
    public sealed class Sources : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-dockerfile-");

        public string Folder => _folder.FullName;

        /// <summary>From the repository's root, without what .dockerignore keeps away.</summary>
        public void Copy(string[] paths)
        {
            var ignored = File.ReadAllLines(Path.Combine(Repository.Path, ".dockerignore")).Select(line => line.Split('/')[^1]).ToHashSet(StringComparer.Ordinal);
            var target = Path.GetFullPath(Path.Combine(Folder, paths[^1]));
            foreach (var source in paths[..^1].Select(path => Path.Combine(Repository.Path, path)))
            {
                if (File.Exists(source)) File.Copy(source, Path.Combine(target, Path.GetFileName(source)), overwrite: true);
                else CopyFolder(new DirectoryInfo(source), Directory.CreateDirectory(target), ignored);
            }
        }

        public void Dispose() => _folder.Delete(recursive: true);

        private static void CopyFolder(DirectoryInfo source, DirectoryInfo target, HashSet<string> ignored)
        {
            foreach (var file in source.GetFiles()) file.CopyTo(Path.Combine(target.FullName, file.Name), overwrite: true);
            foreach (var folder in source.GetDirectories().Where(folder => !ignored.Contains(folder.Name))) CopyFolder(folder, target.CreateSubdirectory(folder.Name), ignored);
        }
    }
}
