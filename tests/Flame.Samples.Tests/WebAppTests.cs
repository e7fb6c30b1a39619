using System.Diagnostics;
using System.Globalization;
using System.Net;
using Flame.Dashboard.Tests;

namespace Flame.Samples.Tests;

/// <summary>The web application on a laptop: an endpoint calls a marked method as if it were here.</summary>
public sealed class WebAppTests(WebAppTests.Laptop laptop, Browser browser) : IClassFixture<WebAppTests.Laptop>, IClassFixture<Browser>, IDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("flame-uploads-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Upload_comes_back_as_stills_that_an_executor_took()
    {
        await Pictures.MakeVideoAsync(In("clip.mp4"));
        var stills = await laptop.Upload.SendAsync(In("clip.mp4"), 4);
        Assert.Equal([0.25, 0.75, 1.25, 1.75], stills.Select(still => Math.Round(still.Second, 2)));
        Assert.All(stills, still => Assert.StartsWith("video/", still.Executor, StringComparison.Ordinal));
        Assert.Equal(4, stills.Select(still => Convert.ToBase64String(still.Picture)).Distinct().Count());
        await File.WriteAllBytesAsync(In("still.jpg"), stills[0].Picture, TestContext.Current.CancellationToken);
        Assert.Equal("mjpeg,320,180", await Pictures.ProbeAsync(In("still.jpg")));
    }

    [Fact]
    public async Task Documentation_sends_a_video_as_it_is_sent_here()
    {
        Assert.Equal([[]], Documented.Commands("webapp.md", "dotnet run --project samples/WebApp"));
        var curl = Assert.Single(Documented.Commands("webapp.md", "curl "));
        Assert.Equal(["--data-binary", "@holiday.mp4"], curl[..2]);
        await Pictures.MakeVideoAsync(In("holiday.mp4"));

        // What curl says of such a body.
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(In("holiday.mp4"), TestContext.Current.CancellationToken));
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        using var answer = await laptop.Upload.Client.PostAsync(new Uri(curl[2]).PathAndQuery, content, TestContext.Current.CancellationToken);
        Assert.Equal(3, (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Count(c => c == '\n'));
    }

    [Fact]
    public async Task Upload_that_is_too_large_is_refused_with_its_limit_before_it_is_sent()
    {
        var (status, detail) = await laptop.Upload.RefusedAsync(new Announced((512 * MiB) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains($"{512 * MiB} bytes", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_video_is_refused_in_the_words_of_ffmpeg() =>
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "Invalid data found when processing input"), await laptop.Upload.RefusedAsync(new StringContent("These are words.")));

    [Fact]
    public async Task Large_upload_is_in_the_memory_of_neither_side_as_a_whole()
    {
        const long size = 256 * MiB;
        await laptop.Upload.RefusedAsync(new StringContent("a first one, so that an executor is there"));
        var before = Peaks();
        await using var zeros = File.Create(In("zeros"));
        zeros.SetLength(size);
        var (status, _) = await laptop.Upload.RefusedAsync(new StreamContent(zeros));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);

        // An executor that came meanwhile is measured as a whole, and is smaller than that too.
        Assert.All(Peaks(), peak => Assert.True(peak.Value - before.GetValueOrDefault(peak.Key) < size * 3 / 4, $"process {peak.Key}: {before.GetValueOrDefault(peak.Key)}, then {peak.Value}"));
    }

    [Fact]
    public async Task Page_sends_a_video_and_shows_its_stills_as_they_come()
    {
        await Pictures.MakeVideoAsync(In("clip.mp4"), "testsrc2=size=640x360:rate=25:duration=2");
        await using var opened = await browser.OpenAsync(laptop.Upload.Address, 1000, 700);
        await opened.Page.SetInputFilesAsync("#file", In("clip.mp4"));
        await opened.Page.GetByText("6 stills of clip.mp4").WaitForAsync();
        Assert.Equal(6, await opened.Page.EvaluateAsync<int>("async () => { await Promise.all([...document.images].map(image => image.decode())); return [...document.images].filter(image => image.naturalWidth === 320).length }"));
        Assert.False(await opened.OverflowsAsync());
        await opened.PictureAsync("webapp");
        await opened.Page.SetViewportSizeAsync(360, 700);
        Assert.False(await opened.OverflowsAsync());

        await File.WriteAllTextAsync(In("words.mp4"), "These are words.", TestContext.Current.CancellationToken);
        await opened.Page.RunAndWaitForConsoleMessageAsync(
            () => opened.Page.SetInputFilesAsync("#file", In("words.mp4")), new() { Predicate = message => message.Text.Contains("422", StringComparison.Ordinal) });
        await opened.Page.GetByText("Invalid data found when processing input").WaitForAsync();
        Assert.Equal(0, await opened.Page.Locator("figure").CountAsync());
        opened.Errors.RemoveAll(error => error.Contains("422", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dashboard_is_there_for_this_machine_and_for_nobody_behind_a_proxy()
    {
        using var page = await laptop.Upload.Client.GetAsync("/flame/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/flame/");
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using var refused = await laptop.Upload.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Sigterm_ends_it_and_its_executors_and_leaves_no_upload()
    {
        await Pictures.MakeVideoAsync(In("clip.mp4"));
        var temporary = Directory.CreateDirectory(In("tmp")).FullName;
        await using var program = Laptop.Start(_folder, ("TMPDIR", temporary));
        using (var upload = await Upload.ToAsync(program)) await upload.SendAsync(In("clip.mp4"), 1);
        await Pictures.OutputAsync("kill", "-TERM", $"{program.Id}");
        await program.EndAsync();
        Assert.True(program.ExitCode == 0, program.Everything);
        await program.NothingIsLeftAsync();
        Assert.Empty(Directory.GetFiles(temporary, "upload-*"));
    }

    [Fact]
    public async Task Upload_whose_executor_is_killed_is_answered_at_once()
    {
        await using var program = Laptop.Start(_folder, ("TMPDIR", _folder));
        using var upload = await Upload.ToAsync(program);
        using var endless = new Endless();
        var refused = upload.Client.PostAsync("/videos", endless, TestContext.Current.CancellationToken);
        var ready = await program.LineAsync(line => line.Contains(" is ready: process ", StringComparison.Ordinal));

        // The method has begun when there is its file.
        while (Directory.GetFiles(_folder, "upload-*").Length == 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        using (var executor = Process.GetProcessById(int.Parse(ready.Split("process ")[1].Split(',')[0], CultureInfo.InvariantCulture))) executor.Kill();
        await program.LineAsync(line => line.Contains("Request finished", StringComparison.Ordinal) && line.Contains("/videos - 502 - ", StringComparison.Ordinal));
        endless.Dispose();
        await Task.WhenAny(refused);
    }

    private string In(string name) => Path.Combine(_folder, name);

    // What each process of the program has had in memory at most.
    private Dictionary<int, long> Peaks()
    {
        var peaks = new Dictionary<int, long>();
        foreach (var id in laptop.Upload.Program.Alive())
        {
            try
            {
                if (File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line)
                    peaks[id] = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }

        return peaks;
    }

    /// <summary>The program as somebody starts it on a laptop, one for all tests.</summary>
    public sealed class Laptop : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("flame-webapp-").FullName;
        private SampleProcess? _program;

        internal Upload Upload { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Upload = await Upload.ToAsync(_program = Start(_folder));

        public async ValueTask DisposeAsync()
        {
            Upload?.Dispose();
            if (_program is not null) await _program.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        internal static SampleProcess Start(string folder, params (string Name, string Value)[] environment) =>
            new(folder, SampleProcess.WebApp, ["--urls", "http://127.0.0.1:0"], environment);
    }
}
