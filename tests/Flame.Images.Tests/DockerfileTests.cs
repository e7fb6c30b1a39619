namespace Flame.Images.Tests;

/// <summary>The Dockerfile, as far as it goes without the images that it begins with: its first stage is carried out here, and its last one read.</summary>
public sealed class DockerfileTests : IDisposable
{
    private static readonly string[][] s_lines = Lines("OnKubernetes");

    private static readonly int s_lastStage = Array.FindLastIndex(s_lines, line => line[0] == "FROM");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flame-dockerfile-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task First_stage_builds_the_program_from_what_it_copies_and_the_last_one_runs_it()
    {
        Assert.EndsWith(" AS build", s_lines[0][1]);
        foreach (var line in s_lines[1..s_lastStage])
        {
            if (line[0] == "WORKDIR") Assert.Equal("/repository", line[1]);
            else if (line[0] == "COPY") Copy(line[1].Split(' '));
            else if (line[0] == "RUN") await Dotnet.RunAsync(_folder.FullName, line[1].Split(' ')[0], line[1].Split(' ')[1..]);
            else Assert.Fail($"{line[0]} is not known here");
        }

        Assert.Equal(["WORKDIR /app", "COPY --from=build /repository/out .", "EXPOSE 8080", "USER 1654"], Last("WORKDIR", "COPY", "EXPOSE", "USER"));
        var program = Assert.Single(Last("ENTRYPOINT"))["ENTRYPOINT [\"/app/".Length..^2];
        Assert.True(File.GetUnixFileMode(Path.Combine(_folder.FullName, "out", program)).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public void Last_stage_begins_with_the_image_that_the_SDK_would_take()
    {
        var family = File.ReadAllText(Path.Combine(Repository.Path, "samples", "OnKubernetes", "OnKubernetes.csproj")).Split("<ContainerFamily>")[1].Split('<')[0];
        Assert.Equal($"mcr.microsoft.com/dotnet/aspnet:10.0-{family}", s_lines[s_lastStage][1]);
        Assert.StartsWith("mcr.microsoft.com/dotnet/sdk:10.0 ", s_lines[0][1]);
    }

    [Fact]
    public void Dockerfile_of_the_web_application_is_that_one_with_ffmpeg_and_its_sources()
    {
        var known = s_lines.Select(line => string.Join(' ', line).Replace("OnKubernetes", "WebApp", StringComparison.Ordinal).Replace("-noble-chiseled", "", StringComparison.Ordinal)).ToArray();
        var lines = Lines("WebApp").Select(line => string.Join(' ', line)).ToArray();
        Assert.Equal(
            ["COPY samples/Thumbnails samples/Thumbnails", "RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*"],
            lines.Except(known));
        Assert.Equal(known, lines.Intersect(known));
    }

    private static string[][] Lines(string sample) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Path, "samples", sample, "Dockerfile"))
            .Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line => line.Split(' ', 2)),
    ];

    private static IEnumerable<string> Last(params string[] words) =>
        s_lines[(s_lastStage + 1)..].Where(line => words.Contains(line[0])).Select(line => string.Join(' ', line));

    /// <summary>From the repository's root, without what .dockerignore keeps away.</summary>
    private void Copy(string[] paths)
    {
        var ignored = File.ReadAllLines(Path.Combine(Repository.Path, ".dockerignore")).Select(line => line.Split('/')[^1]).ToHashSet(StringComparer.Ordinal);
        var target = Path.GetFullPath(Path.Combine(_folder.FullName, paths[^1]));
        foreach (var source in paths[..^1].Select(path => Path.Combine(Repository.Path, path)))
        {
            if (File.Exists(source)) File.Copy(source, Path.Combine(target, Path.GetFileName(source)));
            else CopyFolder(new DirectoryInfo(source), Directory.CreateDirectory(target), ignored);
        }
    }

    private static void CopyFolder(DirectoryInfo source, DirectoryInfo target, HashSet<string> ignored)
    {
        foreach (var file in source.GetFiles()) file.CopyTo(Path.Combine(target.FullName, file.Name));
        foreach (var folder in source.GetDirectories().Where(folder => !ignored.Contains(folder.Name))) CopyFolder(folder, target.CreateSubdirectory(folder.Name), ignored);
    }
}
