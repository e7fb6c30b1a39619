using System.ComponentModel;
using System.Diagnostics;

namespace Thumbnails;

/// <summary>Runs ffmpeg and ffprobe.</summary>
internal static class Ffmpeg
{
    public const string HowToInstall =
        "ffmpeg was not found. Install it: sudo apt-get install ffmpeg (macOS: brew install ffmpeg, Windows: winget install ffmpeg)";

    public static async Task<bool> IsInstalledAsync()
    {
        try
        {
            await RunAsync("ffprobe", ["-version"], CancellationToken.None);
            await RunAsync("ffmpeg", ["-version"], CancellationToken.None);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs a program to its end; cancelling kills it.</summary>
    /// <returns>What it wrote to its output.</returns>
    /// <exception cref="InvalidDataException">It failed; the message is the last line that it said.</exception>
    public static async Task<byte[]> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct, ReadOnlyMemory<byte> input = default)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            using var output = new MemoryStream();
            var written = WriteAsync(process, input, ct);
            var said = process.StandardError.ReadToEndAsync(ct);
            await process.StandardOutput.BaseStream.CopyToAsync(output, ct);
            await written;
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidDataException(LastLine(await said));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It wanted no more; its exit code tells whether that is an error.
        }
    }

    // ffmpeg names the file first, as in "/home/me/a.mp4: Invalid data found when processing input".
    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last]
            ? last[(last.LastIndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? colon + 2 : 0)..]
            : "ffmpeg failed and did not say why";
}
