using System.Diagnostics;

namespace Flame.Samples.Tests;

/// <summary>Makes real videos and looks into real pictures, with the tools that the sample uses.</summary>
internal static class Pictures
{
    /// <summary>What ffprobe sees in a file, as in <c>mjpeg,320,180</c>.</summary>
    public static Task<string> ProbeAsync(string file) =>
        OutputAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", file);

    /// <summary>Makes a video of two seconds.</summary>
    public static Task MakeVideoAsync(string file, string picture = "testsrc2=size=320x240:rate=25:duration=2", int soundSeconds = 2) => OutputAsync(
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", $"sine=duration={soundSeconds}", "-c:v", "mpeg4", "-c:a", "aac", file);

    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors}");
        return output.Trim();
    }
}
