using System.Diagnostics;
using System.Text;

namespace Flame.Doubles.Tests;

/// <summary>A client that nobody here wrote, as a real process.</summary>
internal sealed class Kubectl : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("flame-kubectl-").FullName;
    private readonly string _config;
    private readonly string _program = Find();

    public Kubectl(KubernetesDouble cluster, bool admin = true) => _config = cluster.WriteKubeconfig(Path.Combine(_home, "config"), admin: admin);

    public string Home => _home;

    /// <summary>What it prints; it must succeed.</summary>
    public async Task<string> RunAsync(CancellationToken ct, params string[] arguments)
    {
        var (code, output, error) = await TryAsync(ct, arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: exit code {code}: {error}{output}");
        return output;
    }

    public async Task<(int Code, string Output, string Error)> TryAsync(CancellationToken ct, params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Its lines as they come, until the reader has seen enough.</summary>
    public async IAsyncEnumerable<string> LinesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct, params string[] arguments)
    {
        using var process = Start(arguments);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(ct) is { } line) yield return line;
        }
        finally
        {
            End(process);
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(_program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, StandardOutputEncoding = Encoding.UTF8, WorkingDirectory = _home,
        };
        start.Environment["KUBECONFIG"] = _config;

        // Its cache of what the server has lies there.
        start.Environment["HOME"] = _home;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static void End(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    private static string Find()
    {
        var folders = new[] { Environment.GetEnvironmentVariable("KUBECTL_FOLDER") ?? "" }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).Where(f => f.Length > 0);
        return folders.Select(f => Path.Combine(f, "kubectl")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("These tests need kubectl on the PATH (Debian: apt-get install kubernetes-client; any version from 1.20 on).");
    }
}
