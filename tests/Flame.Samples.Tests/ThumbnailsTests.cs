using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Flame.Samples.Tests;

public sealed partial class ThumbnailsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flame-thumbnails-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sample_needs_no_input_and_makes_real_pictures()
    {
        await using var sample = await SampleProcess.RunAsync(_folder, "--stills", "3", "--out", "pictures");
        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.Empty(sample.Errors);

        var stills = Directory.GetFiles(In("pictures"), "clip-*-*.jpg");
        Assert.Equal(18, stills.Length);
        foreach (var still in stills) Assert.Equal("mjpeg,320,180", await Pictures.ProbeAsync(still));
        Assert.Equal(18, stills.Select(File.ReadAllBytes).Select(Convert.ToBase64String).Distinct().Count());
        Assert.Equal($"mjpeg,{(3 * 324) + 4},{(6 * 184) + 4}", await Pictures.ProbeAsync(In("pictures", "contact-sheet.jpg")));
        await sample.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Summary_counts_what_the_lines_before_it_say()
    {
        await using var sample = await SampleProcess.RunAsync(_folder, "--stills", "4", "--executors", "3");
        Assert.True(sample.ExitCode == 0, sample.Everything);

        var booted = sample.Out.Select(line => Booted().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToArray();
        var done = sample.Out.Select(line => Done().Match(line)).Where(m => m.Success).ToArray();
        var workers = done.Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.Equal(3, booted.Distinct().Count());
        Assert.Equal(6, done.Length);
        Assert.All(workers, worker => Assert.Contains(worker, booted));

        var summary = Summary().Match(sample.Out[^1]);
        Assert.True(summary.Success, sample.Out[^1]);
        Assert.Equal(["6", "24", $"{workers.Length}"], summary.Groups.Values.Skip(1).Take(3).Select(g => g.Value));
        Assert.Equal(done.Sum(m => double.Parse(m.Groups[2].Value)), double.Parse(summary.Groups[5].Value), tolerance: 0.05);
    }

    [Fact]
    public async Task Bad_input_is_named_in_a_line_of_its_own_and_the_rest_is_done()
    {
        await Pictures.MakeVideoAsync(In("good.mp4"));
        await File.WriteAllTextAsync(In("words.mp4"), "These are words, and no moving picture.");
        await Pictures.OutputAsync("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", In("sound.wav"));
        Directory.CreateDirectory(In("empty"));

        await using var sample = await SampleProcess.RunAsync(_folder, "good.mp4", "words.mp4", "sound.wav", "nowhere.mp4", "empty", "--stills", "2");
        Assert.Equal(1, sample.ExitCode);
        Assert.Equal(4, sample.Errors.Length);
        Assert.Contains("nowhere.mp4: there is no such file or folder", sample.Errors);
        Assert.Contains(sample.Errors, line => line.StartsWith("empty: the folder has no video", StringComparison.Ordinal));
        Assert.Contains($"{In("words.mp4")}: Invalid data found when processing input", sample.Errors);
        Assert.Contains($"{In("sound.wav")}: it has no moving picture", sample.Errors);
        Assert.StartsWith("1 video (4 inputs failed), 2 stills, 1 executor (gone again): ", sample.Out[^1]);
        Assert.Equal("mjpeg,320,180", await Pictures.ProbeAsync(In("out", "thumbnails", "good-2.jpg")));
        await sample.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Nothing_but_bad_input_boots_no_executor()
    {
        await using var sample = await SampleProcess.RunAsync(_folder, "nowhere.mp4");
        Assert.Equal(1, sample.ExitCode);
        Assert.Equal(["nowhere.mp4: there is no such file or folder"], sample.Errors);
        Assert.Empty(sample.Out);
    }

    [Fact]
    public async Task Folders_give_their_videos_and_equal_names_do_not_meet()
    {
        Directory.CreateDirectory(In("a"));
        Directory.CreateDirectory(In("b"));
        await Pictures.MakeVideoAsync(In("a", "same.mp4"), "testsrc2=size=320x240:rate=25:duration=2");
        await Pictures.MakeVideoAsync(In("b", "same.mkv"), "testsrc2=size=180x640:rate=25:duration=2");
        await File.WriteAllTextAsync(In("a", "notes.txt"), "no video");

        await using var sample = await SampleProcess.RunAsync(_folder, "a", "b", In("a", "same.mp4"), "--stills", "1");
        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.StartsWith("2 videos, 2 stills, ", sample.Out[^1]);
        var pictures = new[] { "same-1.jpg", "same_2-1.jpg" }.Select(name => In("out", "thumbnails", name)).ToArray();
        foreach (var picture in pictures) Assert.Equal("mjpeg,320,180", await Pictures.ProbeAsync(picture));
        Assert.NotEqual(File.ReadAllBytes(pictures[0]), File.ReadAllBytes(pictures[1]));
    }

    [Fact]
    public async Task Sound_that_outlasts_the_picture_costs_only_the_stills_that_do_not_exist()
    {
        await Pictures.MakeVideoAsync(In("long-sound.mp4"), soundSeconds: 8);
        await using var sample = await SampleProcess.RunAsync(_folder, "long-sound.mp4", "--stills", "4");
        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.StartsWith("1 video, 1 still, 1 executor", sample.Out[^1]);
        Assert.Equal($"mjpeg,{(4 * 324) + 4},188", await Pictures.ProbeAsync(In("out", "thumbnails", "contact-sheet.jpg")));
    }

    [Fact]
    public async Task Without_ffmpeg_one_line_says_how_to_get_it_and_nothing_boots()
    {
        await using var sample = new SampleProcess(_folder, SampleProcess.Thumbnails, [], ("PATH", ""));
        await sample.EndAsync();
        Assert.Equal(1, sample.ExitCode);
        Assert.Contains("sudo apt-get install ffmpeg", Assert.Single(sample.Errors));
        Assert.Empty(sample.Out);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Run_says_what_is_missing_before_it_builds_anything()
    {
        var tools = Directory.CreateDirectory(In("tools")).FullName;
        foreach (var tool in new[] { "dirname", "dotnet" }) File.CreateSymbolicLink(Path.Combine(tools, tool), await Pictures.OutputAsync("which", tool));

        await using var run = new SampleProcess(_folder, "/bin/bash", [Path.Combine(Repository.Path, "run")], ("PATH", tools));
        await run.EndAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("sudo apt-get install ffmpeg", Assert.Single(run.Errors));
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Executor_that_is_killed_at_work_costs_no_video()
    {
        await using var sample = new SampleProcess(_folder, SampleProcess.Thumbnails, ["--stills", "10", "--executors", "2"]);
        var booted = Booted().Match(await sample.LineAsync(Booted().IsMatch));
        using (var executor = Process.GetProcessById(int.Parse(booted.Groups[2].Value))) executor.Kill();
        await sample.EndAsync();

        Assert.True(sample.ExitCode == 0, sample.Everything);
        Assert.StartsWith("6 videos, 60 stills, ", sample.Out[^1]);
        Assert.Equal(3, sample.Out.Count(Booted().IsMatch));
        await sample.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Interrupt_ends_it_at_once_and_leaves_nothing()
    {
        await using var sample = new SampleProcess(_folder, SampleProcess.Thumbnails, ["--stills", "20", "--executors", "2"]);
        await sample.LineAsync(Booted().IsMatch);
        Assert.True(sample.Alive().Length > 1, "no executor is seen");
        await Pictures.OutputAsync("kill", "-INT", $"{sample.Id}");
        await sample.EndAsync();

        Assert.Equal(130, sample.ExitCode);
        Assert.Equal(["Cancelled."], sample.Errors);
        await sample.NothingIsLeftAsync();
    }

    private string In(params string[] parts) => Path.Combine([_folder, .. parts]);

    [GeneratedRegex(@"^  (ffmpeg/\d+)  booted in \d+\.\d\d s \(process (\d+)\)$")]
    private static partial Regex Booted();

    [GeneratedRegex(@"^  (ffmpeg/\d+)  clip-\d\.mp4: \d+ stills in (\d+\.\d\d) s$")]
    private static partial Regex Done();

    [GeneratedRegex(@"^(\d+) videos, (\d+) stills, (\d+) executors? \(gone again\): (\d+\.\d\d) s on the clock for (\d+\.\d\d) s of work$")]
    private static partial Regex Summary();
}
