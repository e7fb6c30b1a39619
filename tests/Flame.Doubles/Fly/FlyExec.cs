using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Fly;

/// <summary>A program in a machine: where its process runs, with its environment. All that it printed comes when it has ended.</summary>
internal static class FlyExec
{
    public static async Task RunAsync(HttpContext http, CloudMachine machine)
    {
        if (await FlyApi.BodyAsync(http) is not { } body) return;
        string[] command = [.. body["command"]!.AsArray().Select(word => (string)word!)];

        // Made up: so much is known that a machine must be started.
        if (machine.State != "started" || machine.ProcessId is not { } process)
        {
            await FlyAnswer.ErrorAsync(http, 412, $"failed_precondition: machine not running (state: {machine.State})");
            return;
        }

        var place = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/");
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = new FileInfo(place + "cwd").LinkTarget };
        start.Environment.Clear();
        foreach (var variable in (await File.ReadAllTextAsync(place + "environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2))) start.Environment[variable[0]] = variable[1];
        try
        {
            using var run = Process.Start(start)!;
            run.StandardInput.Close();
            var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
            await run.WaitForExitAsync(http.RequestAborted);
            await FlyAnswer.JsonAsync(http, new JsonObject { ["exit_code"] = run.ExitCode, ["exit_signal"] = 0, ["stdout"] = await output, ["stderr"] = await error });
        }
        catch (Win32Exception e)
        {
            // Made up.
            await FlyAnswer.ErrorAsync(http, 400, $"invalid_argument: {command[0]}: {e.Message}");
        }
    }
}
