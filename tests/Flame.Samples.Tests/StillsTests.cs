using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Flame.Dashboard.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Stills;

namespace Flame.Samples.Tests;

/// <summary>A model that stays loaded in its executors looks at stills of real videos. Its arguments are those that the page tells.</summary>
public sealed partial class StillsTests(StillsTests.Tour tour, Browser browser) : IClassFixture<StillsTests.Tour>, IClassFixture<Browser>, IDisposable
{
    private static readonly string[][] s_documented = Documented.Commands("stills.md", "dotnet run --project samples/Stills");

    private readonly string _folder = Directory.CreateTempSubdirectory("flame-stills-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_still_has_the_label_of_its_scene()
    {
        Assert.True(tour.Sample.ExitCode == 0, tour.Sample.Everything);
        Assert.Empty(tour.Sample.Errors);
        var labels = Seen(tour.Sample).GroupBy(still => still.Video)
            .ToDictionary(video => video.Key, video => string.Join(", ", video.OrderBy(still => still.Second).Select(still => still.Label)));
        Assert.Equal(4, labels.Count);
        Assert.Equal("night, night, sunset, sunset, sky, sky", labels["one-day"]);
        Assert.Equal("meadow, meadow, sky, sky, meadow, meadow", labels["garden"]);
        Assert.Equal("snow, snow, night, night, snow, snow", labels["winter"]);
        Assert.Equal("test card, test card, sky, sky, test card, test card", labels["broadcast"]);
    }

    [Fact]
    public void Each_executor_loads_the_model_once_for_all_its_videos()
    {
        var loaded = tour.Sample.Out.Select(line => Loaded().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(loaded.Order(), loaded.Distinct().Order());
        Assert.All(Seen(tour.Sample), still => Assert.Contains(still.Executor, loaded));
        Assert.True(loaded.Length < Seen(tour.Sample).Select(still => still.Video).Distinct().Count(), tour.Sample.Everything);
    }

    [Fact]
    public async Task Contact_sheet_shows_each_still_with_its_label_on_any_screen()
    {
        await using var opened = await browser.OpenAsync(tour.Sheet, 1200, 985);
        Assert.Equal(24, await opened.Page.Locator("figure").CountAsync());
        Assert.Equal(24, await opened.Page.EvaluateAsync<int>("() => [...document.images].filter(image => image.naturalWidth === 320 && image.naturalHeight === 180).length"));
        Assert.Equal(
            Seen(tour.Sample).Select(still => still.Label).Order(), (await opened.Page.Locator("figcaption b").AllInnerTextsAsync()).Order());
        Assert.False(await opened.OverflowsAsync());
        await opened.PictureAsync("stills");
        await opened.Page.SetViewportSizeAsync(360, 700);
        Assert.False(await opened.OverflowsAsync());
    }

    [Fact]
    public async Task Executor_that_is_killed_costs_no_still_and_none_is_looked_at_twice()
    {
        Directory.CreateDirectory(In("videos"));
        foreach (var name in new[] { "a", "b" }) await Pictures.MakeVideoAsync(In("videos", $"{name}.mp4"), "color=0x4fa0e8:size=320x180:rate=25:duration=2");
        var arguments = s_documented.Single(line => line.Contains("videos"));

        await using var sample = new SampleProcess(_folder, SampleProcess.Stills, arguments[1..]);
        var first = SeenLine().Match(await sample.LineAsync(SeenLine().IsMatch));
        await sample.LineAsync(line => BootLine().Match(line) is { Success: true } boot && boot.Groups[1].Value == first.Groups[1].Value);
        using (var executor = Process.GetProcessById(Booted(sample)[first.Groups[1].Value])) executor.Kill();
        await sample.EndAsync();

        Assert.True(sample.ExitCode == 0, sample.Everything);
        var seen = Seen(sample);
        Assert.Equal(2 * 12, seen.Select(still => (still.Video, still.Second)).Distinct().Count());
        Assert.Equal(2 * 12, seen.Length);
        Assert.All(seen, still => Assert.Equal("sky", still.Label));
        Assert.StartsWith("2 videos, 24 stills, ", sample.Out[^1]);
        await sample.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Model_from_elsewhere_brings_its_labels_its_size_and_its_last_step_with_it()
    {
        var arguments = s_documented.Single(line => line.Contains("--model"));
        var model = In(arguments[Array.IndexOf(arguments, "--model") + 1]);
        Directory.CreateDirectory(Path.GetDirectoryName(model)!);

        // As exporters leave it: any size, no softmax at its end, labels in config.json, and not a word on normalisation.
        await File.WriteAllBytesAsync(model, OnnxFile.Model("colours", ("x", [0, 3, 0, 0]), ("y", [0, 3]), [], [("GlobalAveragePool", ["x"], "averages"), ("Flatten", ["averages"], "y")]));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(model)!, "config.json"), """{ "id2label": { "2": "blue", "0": "red", "1": "green" } }""");
        await Pictures.MakeVideoAsync(In(arguments[^1]), "color=blue:size=320x180:rate=25:duration=2");

        await using var sample = await SampleProcess.RunStillsAsync(_folder, arguments[1..]);
        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.Contains(sample.Out, line => line.EndsWith("loaded a model for 224 × 224 with 3 labels", StringComparison.Ordinal));
        Assert.Equal(6, Seen(sample).Length);
        Assert.All(Seen(sample), still => Assert.Equal("blue", still.Label));
    }

    [Fact]
    public async Task Video_at_an_address_is_read_where_the_model_is_and_bad_ones_are_named()
    {
        await Pictures.MakeVideoAsync(In("clip.mp4"), "color=0xff8a2a:size=320x180:rate=25:duration=2");
        await File.WriteAllTextAsync(In("words.mp4"), "These are words, and no moving picture.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var bucket = builder.Build();
        bucket.MapGet("/clip.mp4", () => Results.File(In("clip.mp4"), "video/mp4", enableRangeProcessing: true));
        await bucket.StartAsync(TestContext.Current.CancellationToken);

        await using var sample = await SampleProcess.RunStillsAsync(_folder, $"{bucket.Urls.First()}/clip.mp4", "words.mp4", "nowhere.mp4", "--stills", "1");
        Assert.Equal(1, sample.ExitCode);
        Assert.Equal(("clip", "sunset"), Seen(sample).Select(still => (still.Video, still.Label)).Single());
        Assert.Equal(["nowhere.mp4: there is no such file or folder", $"{In("words.mp4")}: Invalid data found when processing input"], sample.Errors);
        Assert.StartsWith("1 video (2 inputs failed), 1 still, 1 executor, ", sample.Out[^1]);
    }

    [Fact]
    public void Documentation_tells_no_command_that_is_not_run_here() =>
        Assert.Equal(["", "-- videos", "-- --model"], s_documented.Select(line => string.Join(' ', line.Take(2))));

    private static (string Executor, string Video, double Second, string Label)[] Seen(SampleProcess sample) =>
    [
        .. sample.Out.Select(line => SeenLine().Match(line)).Where(m => m.Success)
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value, double.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture), m.Groups[4].Value)),
    ];

    private static Dictionary<string, int> Booted(SampleProcess sample) => sample.Out.Select(line => BootLine().Match(line)).Where(m => m.Success)
        .ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));

    private string In(params string[] parts) => Path.Combine([_folder, .. parts]);

    [GeneratedRegex(@"^  (vision/\d+)  (\S+) at (\d+\.\d\d) s: (.+), \d+ %$")]
    private static partial Regex SeenLine();

    [GeneratedRegex(@"^  (vision/\d+)  booted in .* with the model loaded \(process (\d+)\)$")]
    private static partial Regex BootLine();

    [GeneratedRegex(@"\[(vision/\d+)\] loaded a model for 64 × 64 with 6 labels$")]
    private static partial Regex Loaded();

    /// <summary>The sample as it is run first, without any argument; run once.</summary>
    public sealed class Tour : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("flame-stills-").FullName;

        internal SampleProcess Sample { get; private set; } = null!;

        public Uri Sheet => new(Path.Combine(_folder, "out", "stills", "contact-sheet.html"));

        public async ValueTask InitializeAsync()
        {
            Sample = await SampleProcess.RunStillsAsync(_folder, s_documented.Single(line => line.Length == 0));
            await Sample.NothingIsLeftAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Sample.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
