using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Flame.Fly.Tests.Prism;

/// <summary>Prism, which nobody here wrote, as a proxy that checks every call against a document of the API.</summary>
internal sealed class PrismProcess : IAsyncDisposable
{
    private const string Version = "5.14.2";

    private readonly Process _process;

    private PrismProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it in front of an API. Where it cannot be had, the test is skipped and says why.</summary>
    public static async Task<PrismProcess> StartAsync(string document, string upstream)
    {
        var program = await InstallAsync();
        var port = FreePort();
        var start = new ProcessStartInfo("node", [program, "proxy", document, upstream, "-h", "127.0.0.1", "-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(Cloud.Patience) is { } line)
        {
            said.Add(line);
            if (!line.Contains("listening", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
            return new PrismProcess(process, port);
        }

        throw new InvalidOperationException($"Prism did not listen: {string.Join('\n', said)} {await process.StandardError.ReadToEndAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"flame-tests-prism-{Version}");
        var program = Path.Combine(folder, "node_modules", "@stoplight", "prism-cli", "dist", "index.js");
        if (File.Exists(program)) return program;

        // Beside it and moved as a whole, so that what is there is complete.
        var made = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(made);
        await File.WriteAllTextAsync(Path.Combine(made, "package.json"), "{}");
        if (await NpmAsync(made) is { } failure) Assert.Skip($"SKIPPED: nobody but ourselves has checked the requests to Fly. Prism {Version} could not be installed: {failure}");
        try
        {
            Directory.Move(made, folder);
        }
        catch (IOException) when (File.Exists(program))
        {
            // Another run was faster.
            Directory.Delete(made, recursive: true);
        }

        return program;
    }

    private static async Task<string?> NpmAsync(string folder)
    {
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", $"@stoplight/prism-cli@{Version}"])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var said = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
            await npm.WaitForExitAsync();
            return npm.ExitCode == 0 ? null : string.Concat(said);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"npm is not there ({e.Message})";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
