using System.Net;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>The temporary directory, in which executors of this host find their parent's socket.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Temp => Path.Combine(_folder.FullName, "tmp");

    [Fact]
    public async Task Executors_go_on_and_others_boot_when_the_temporary_directory_is_gone()
    {
        Directory.CreateDirectory(Temp);
        using var gate = new Gate();
        await using var app = Start($"gate={gate.Port}", "max=2");
        using var client = new HttpClient { BaseAddress = new Uri(await app.NextAsync("listening")) };
        var before = client.GetStringAsync("/pass");
        var first = await gate.NextAsync();

        Directory.Delete(Temp, recursive: true);
        var after = client.GetStringAsync("/pass");
        var second = await gate.NextAsync();
        first.LetGo();
        second.LetGo();

        Assert.Equal($"{first.Process}", await before.Patiently());
        Assert.Equal($"{second.Process}", await after.Patiently());
        Assert.NotEqual(first.Process, second.Process);
        await EndsAsync(app);
    }

    [Fact]
    public async Task Boot_fails_with_the_path_where_nothing_can_be_written()
    {
        await File.WriteAllTextAsync(Temp, "", TestContext.Current.CancellationToken);
        await using var app = Start("boot=5");
        using var client = new HttpClient { BaseAddress = new Uri(await app.NextAsync("listening")) };

        using (var answer = await client.GetAsync("/build").Patiently())
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var words = await answer.Content.ReadAsStringAsync();
            Assert.StartsWith("BootFailedException FLM2008", words, StringComparison.Ordinal);
            Assert.Contains(Temp, words, StringComparison.Ordinal);
        }

        File.Delete(Temp);
        Directory.CreateDirectory(Temp);
        await Patience.UntilAsync(() => client.GetAsync("/build").GetAwaiter().GetResult().IsSuccessStatusCode);
        await EndsAsync(app);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private AppProcess Start(params string[] more) => AppProcess.Start(AppProcess.Path, ["web", "urls=http://127.0.0.1:0", .. more], ("TMPDIR", Temp));

    private static async Task EndsAsync(AppProcess app)
    {
        await app.TermAsync();
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }
}
