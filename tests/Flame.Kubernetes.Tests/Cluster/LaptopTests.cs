using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>
/// A program of one file on a laptop: in a network of its own, which nothing reaches and from which only the API server is reached. Its executors are
/// pods of the stock executor's image, and nothing of it is built into an image or deployed.
/// </summary>
public sealed class LaptopTests : StockClusterTests
{
    /// <summary>What the test program does where it is the way out: see Program.cs.</summary>
    public const string Switch = "be-the-way-out";

    // Has the program stay when it is done.
    private const string Stays = "FLAME_TEST_STAYS";

    private const string InOwnNetwork = "ip link set lo up && exec \"$@\"";

    // Below the repository's folder, whose versions of packages it takes.
    private readonly DirectoryInfo _program = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"laptop-{Guid.NewGuid():n}"));

    [Fact]
    public async Task Program_of_a_laptop_runs_on_the_cluster_and_after_an_edit_only_what_changed_is_sent()
    {
        await SkipUnlessPossibleAsync();
        try
        {
            var script = (await File.ReadAllTextAsync(Path.Combine(Repository, "samples", "Script", "sweep.cs"), Ct))
                .Replace("20 * points.Length", "points.Length", StringComparison.Ordinal)
                .Replace("string? Option(", $"if (Environment.GetEnvironmentVariable(\"{Stays}\") is not null) await Task.Delay(Timeout.Infinite);\n\nstring? Option(", StringComparison.Ordinal);
            await WriteAsync(script);
            await BuildAsync();
            using var relay = new Relay(Way, Cluster.SecureUrl.Port);
            Assert.Equal(9, (await RunAsync()).Count(static line => Regex.IsMatch(line, @"says trainers/\d$")));
            var known = Contents;

            await WriteAsync(script.Replace("says {by}", "says {by} now", StringComparison.Ordinal));
            await BuildAsync();
            Assert.Equal(9, (await RunAsync()).Count(static line => Regex.IsMatch(line, @"says trainers/\d now$")));
            Assert.Equal(new[] { HashOf("sweep.dll"), HashOf("sweep.pdb") }.Order(), Contents.Except(known).Order());

            await KilledAsync();
        }
        finally
        {
            _program.Delete(recursive: true);
        }
    }

    private string Way => Path.Combine(Path.GetDirectoryName(Kubeconfig)!, "way");

    /// <summary>Without a word to anybody: the pods end by themselves, the cache stays, and the next run clears away what the cluster still knows.</summary>
    private async Task KilledAsync()
    {
        using var parent = Start((Stays, "1"));
        var process = int.Parse((await parent.StandardOutput.ReadLineAsync(Ct).AsTask().Patiently())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        while (await parent.StandardOutput.ReadLineAsync(Ct).AsTask().Patiently() is { } line && !line.StartsWith("The best", StringComparison.Ordinal))
        {
            // It is still at it.
        }

        var pods = Pods.Select(Name).ToArray();
        Assert.NotEmpty(pods);
        using (var kill = Process.Start("/bin/kill", ["-KILL", $"{process}"])) await kill.WaitForExitAsync(Ct);
        await parent.WaitForExitAsync(Ct).Patiently();
        foreach (var pod in pods) await PodAsync(p => Name(p) == pod && p.Text("status", "phase") is "Failed" or "Succeeded");
        Assert.NotEmpty(Directory.EnumerateDirectories(Path.Combine(Cache, "programs")));

        var before = Contents;
        await RunAsync();
        Assert.Equal(before, Contents);
    }

    private async Task<string[]> RunAsync()
    {
        using var parent = Start();
        var (words, errors) = (parent.StandardOutput.ReadToEndAsync(Ct), parent.StandardError.ReadToEndAsync(Ct));
        await parent.WaitForExitAsync(Ct).Patiently();
        Assert.True(parent.ExitCode == 0, await words + await errors);
        return (await words).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Process Start(params (string Name, string Value)[] environment)
    {
        string[] relay = [Environment.ProcessPath!, Switch, $"{Cluster.SecureUrl.Port}", Way];
        string[] program = [Dotnet, Path.Combine(_program.FullName, "out", "sweep.dll"), "--backend", "kubernetes", "--image", Stock];
        var start = new ProcessStartInfo("unshare", ["--net", "sh", "-c", InOwnNetwork, "sh", .. relay, .. program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Kubeconfig;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private async Task WriteAsync(string script)
    {
        // One line more: what it refers to must not be built anew into its folder.
        var own = script.Replace("#:project ../../", $"#:property OutDir={_program.FullName}/out/\n#:project {Repository}/", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_program.FullName, "sweep.cs"), own, Ct);
        await File.WriteAllTextAsync(Path.Combine(_program.FullName, "Directory.Build.props"), $"<Project><Import Project=\"{Repository}/samples/Script/Directory.Build.props\" /></Project>", Ct);
    }

    // Where it can still reach what a build needs; it leaves no server behind.
    private async Task BuildAsync()
    {
        var start = new ProcessStartInfo(Dotnet, ["build", "sweep.cs", "-c", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "-p:BuildProjectReferences=false", "-v", "q", "-nologo"]) { WorkingDirectory = _program.FullName, RedirectStandardOutput = true };
        foreach (var (name, value) in new[] { ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0") }) start.Environment[name] = value;
        using var build = Process.Start(start)!;
        var words = await build.StandardOutput.ReadToEndAsync(Ct).WaitAsync(TimeSpan.FromMinutes(8), Ct);
        await build.WaitForExitAsync(Ct).Patiently();
        Assert.True(build.ExitCode == 0, words);
    }

    private string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_program.FullName, "out", file))));

    private static async Task SkipUnlessPossibleAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "To make a network of its own takes root on Linux.");
        Assert.SkipUnless(Array.Exists(["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"], File.Exists), "ip was not found: apt-get install iproute2");
        using var trial = Process.Start("unshare", ["--net", "true"]);
        await trial.WaitForExitAsync(Ct).Patiently();
        Assert.SkipUnless(trial.ExitCode == 0, "This machine does not let root make a network, as a container does not.");
    }
}
