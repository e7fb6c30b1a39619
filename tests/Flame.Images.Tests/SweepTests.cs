using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Flame.Images.Tests;

/// <summary>The sweep, which really trains, in a system that is new enough for PyTorch's libraries; seen in a browser outside of it.</summary>
public sealed partial class SweepTests(BareDebian debian, Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const int Variants = 12;
    private const float Patience = 240_000;

    // The two commands of its page.
    private static readonly string[][] s_documented = Documented.Commands("sweep.md", "dotnet run --project samples/Sweep -- ");

    private readonly DirectoryInfo _out = Directory.CreateTempSubdirectory("flame-sweep-");

    public void Dispose() => _out.Delete(recursive: true);

    [Fact]
    public async Task Worst_half_is_stopped_a_killed_executor_costs_one_curve_and_the_best_model_is_saved()
    {
        BareDebian.SkipWhereItCannotBeMade();
        await using var sweep = await StartAsync(s_documented[0]);
        var address = new Uri(Address().Match(await sweep.LineAsync(Address().IsMatch)).Value);
        int kills;
        await using (var opened = await browser.OpenAsync(address, height: 690))
        {
            var legend = opened.Page.GetByRole(AriaRole.Listitem);
            kills = await KillAsync(opened.Page, legend);

            await Expect(legend.Nth(Variants - 2)).ToBeVisibleAsync(new() { Timeout = Patience });
            await opened.PictureAsync("sweep");

            // Each variant has a curve, and so has what the killed ones had begun.
            await sweep.LineAsync(line => line.StartsWith("Ctrl-C", StringComparison.Ordinal));
            await Expect(legend.Filter(new() { HasText = "again" })).ToHaveCountAsync(kills, new() { Timeout = 60_000 });
            await Expect(legend.Filter(new() { HasText = "cancelled" }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
            var failed = await legend.Filter(new() { HasText = "failed" }).CountAsync();
            Assert.InRange(failed, 1, kills);
            await Expect(legend).ToHaveCountAsync(Variants + failed, new() { Timeout = 60_000 });
        }

        var summary = Summary().Match(sweep.Out.Single(Summary().IsMatch));
        Assert.Equal($"{kills}", summary.Groups["again"].Value);
        Assert.Equal("0", summary.Groups["failed"].Value);
        var (trained, stopped) = (Number(summary, "trained"), Number(summary, "stopped"));
        Assert.Equal(Variants, trained + stopped);
        Assert.InRange(stopped, 1, Variants - 1);
        Assert.Equal(stopped, sweep.Out.Count(line => line.Contains(": stopped, among the worst after ", StringComparison.Ordinal)));
        Assert.All(sweep.Out, line => Assert.DoesNotContain('\u001b', line));

        // Whoever guesses has half of them right.
        using var best = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_out.FullName, "best.json")));
        var right = best.RootElement.GetProperty("Right").GetDouble();
        Assert.InRange(right, 0.6, 1);
        Assert.InRange(best.RootElement.GetProperty("LastLoss").GetDouble(), 0, 0.9 * best.RootElement.GetProperty("FirstLoss").GetDouble());
        Assert.Contains($"/out/best.bin: {right.ToString("P1", CultureInfo.InvariantCulture)} right, read back", sweep.Out);

        await Dotnet.RunAsync("/", "kill", ["-INT", $"{sweep.Id}"]);
        await sweep.EndAsync();
        Assert.True(sweep.ExitCode == 0, sweep.Everything);
        await sweep.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Terminal_shows_a_table_with_a_line_for_each_variant()
    {
        BareDebian.SkipWhereItCannotBeMade();
        await using var sweep = await StartAsync("/usr/bin/script", ["-qec", $"stty cols 120; exec /sweep/Sweep {string.Join(' ', Arguments(s_documented[1]))}", "/dev/null"]);
        await sweep.EndAsync();
        Assert.True(sweep.ExitCode == 0, sweep.Everything);
        Assert.Contains(sweep.Out, line => line.Contains('\u001b', StringComparison.Ordinal));
        for (var variant = 1; variant <= 2; variant++) Assert.Contains(sweep.Out, line => Regex.IsMatch(line, $"0{variant} rate .*[▁▂▃▄▅▆▇█]{{20}}.*done"));
        await sweep.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Where_the_libraries_do_not_load_one_line_says_what_to_do()
    {
        Assert.SkipWhen(NativeLibrary.TryLoad(Path.Combine(Path.GetDirectoryName(SampleProcess.Sweep)!, "runtimes/linux-x64/native/libLibTorchSharp.so"), out _), "They load here.");
        await using var sweep = new SampleProcess(_out.FullName, SampleProcess.Sweep, ["--variants", "2"]);
        await sweep.EndAsync();
        Assert.Equal(1, sweep.ExitCode);
        Assert.Contains("Debian 13, Ubuntu 24.04, Fedora 38 or newer", Assert.Single(sweep.Errors), StringComparison.Ordinal);
        Assert.Empty(sweep.Out);
        Assert.Empty(Directory.GetFileSystemEntries(_out.FullName));
    }

    // What an executor that has a call runs is lost with it. If that had no point yet, there is no curve of it, and another goes.
    private static async Task<int> KillAsync(IPage page, ILocator legend)
    {
        var (curves, executors) = (page.GetByRole(AriaRole.Link, new() { Name = "Curves" }), page.GetByRole(AriaRole.Link, new() { Name = "Executors" }));
        for (var kills = 1; ; kills++)
        {
            await Expect(legend.First).ToBeVisibleAsync(new() { Timeout = Patience });
            await executors.ClickAsync();
            var busy = await page.GetByRole(AriaRole.Row, new() { NameRegex = new("busy process") }).First.Locator("td").Nth(2).TextContentAsync(new() { Timeout = Patience });
            Process.GetProcessById(int.Parse(busy!.Split(' ')[1], CultureInfo.InvariantCulture)).Kill();
            await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new($"Failed {kills}") })).ToBeVisibleAsync(new() { Timeout = Patience });
            await curves.ClickAsync();
            await Expect(legend.First).ToBeVisibleAsync(new() { Timeout = Patience });
            if (await legend.Filter(new() { HasText = "failed" }).CountAsync() > 0) return kills;
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static string[] Arguments(string[] arguments) => [.. arguments, "--out", "/out", "--urls", "http://127.0.0.1:0"];

    private Task<SampleProcess> StartAsync(string[] arguments) => StartAsync("/sweep/Sweep", Arguments(arguments));

    private Task<SampleProcess> StartAsync(string program, string[] arguments)
    {
        File.SetUnixFileMode(_out.FullName, (UnixFileMode)0b111_111_111);
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return debian.StartAsync(
            [new(Path.GetDirectoryName(SampleProcess.Sweep)!, "/sweep"), new(dotnet, "/dotnet"), new(_out.FullName, "/out", IsWritable: true)],
            "/usr/bin/env", ["DOTNET_ROOT=/dotnet", "TERM=xterm-256color", program, .. arguments]);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/flame#/curves")]
    private static partial Regex Address();

    [GeneratedRegex(@"^12 variants: (?<trained>\d+) trained, (?<stopped>\d+) stopped early, (?<failed>\d+) failed, (?<again>\d+) begun again$")]
    private static partial Regex Summary();
}
