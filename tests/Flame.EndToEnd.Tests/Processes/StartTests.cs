namespace Flame.EndToEnd.Tests.Processes;

/// <summary>An executor is the same program however it was started.</summary>
public sealed class StartTests(PublishedPrograms programs) : IClassFixture<PublishedPrograms>
{
    private static readonly string[] s_linkers = ["/usr/bin/clang", "/usr/bin/gcc"];

    [Fact]
    public async Task Library_of_retries_is_loaded_by_the_parent_that_uses_one_and_by_nobody_else()
    {
        await using var app = AppProcess.Start("bare", "libraries", "max=1");
        Assert.Equal("0", await app.NextAsync("there"));
        Assert.Equal("0", await app.NextAsync("there"));
        Assert.Equal("0", await app.NextAsync("here"));
        Assert.Equal("0", await app.NextAsync("there"));
        Assert.Equal("1", await app.NextAsync("here"));
        Assert.Equal(0, await app.EndAsync());
    }

    [Fact]
    public async Task A_program_started_through_dotnet_is_its_own_executor()
    {
        await using var app = AppProcess.Start("dotnet", [AppProcess.Path + ".dll", "bare", "where"]);
        await HoldsAsync(app);
    }

    [Fact]
    public async Task A_single_file_is_its_own_executor()
    {
        await using var app = AppProcess.Start(programs.SingleFile, ["bare", "where"]);
        await HoldsAsync(app);
        Assert.False(File.Exists(programs.SingleFile + ".dll"));
    }

    [Fact]
    public async Task A_source_file_with_the_package_is_its_own_executor_without_dynamic_code()
    {
        await using var app = AppProcess.Start("dotnet", ["run", "--no-build", programs.SourceFile], programs.Environment);
        await HoldsAsync(app, "7 main/1 dynamic-code=False");
        Assert.Contains("dynamic-code=False", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trimmed_program_is_its_own_executor()
    {
        await HoldsTrimmedAsync("trimmed", "1.5 main/1 t main/1 tea main/1", "-p:PublishAot=false", "-p:PublishTrimmed=true", "--self-contained");
    }

    [Fact]
    public async Task A_program_compiled_ahead_of_time_is_its_own_executor()
    {
        Assert.SkipUnless(
            s_linkers.Any(File.Exists), "Compiling ahead of time takes a linker: sudo apt-get install gcc libc6-dev zlib1g-dev");
        await HoldsTrimmedAsync("native", "FLM2017", "-p:PublishAot=true");
    }

    private async Task HoldsTrimmedAsync(string form, string generic, params string[] options)
    {
        var (program, output) = await programs.PublishAsync(form, "Trimmed", ["-p:TrimmerSingleWarn=false", .. options]);
        var warnings = output.Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal)).ToArray();
        Assert.Contains(warnings, line => line.Contains(": MemoryPack.", StringComparison.Ordinal));
        Assert.All(warnings, line => Assert.Contains(": MemoryPack.", line));

        await using var app = AppProcess.Start(program, []);
        await HostTests.RunsElsewhereAsync(app);
        Assert.Equal("corner False", await app.NextAsync("shop"));
        Assert.Equal("TEA 3 2.5", await app.NextAsync("order"));
        foreach (var item in new[] { "0 w0", "1 w1", "2 w2" }) Assert.Equal(item, await app.NextAsync("item"));
        Assert.Equal("w2 3 w0,w1,w2", await app.NextAsync("live"));
        Assert.Equal("System.InvalidTimeZoneException", await app.NextAsync("remote"));
        Assert.Equal("42 a+b main/1", await app.NextAsync("block"));
        Assert.Equal("5 9 main/1", await app.NextAsync("placed"));
        Assert.Equal("a2b2", await app.NextAsync("mapped"));
        Assert.Equal(generic, await app.NextAsync("generic"));
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
        Assert.Contains("[main/1] Shop: Pricing tea", app.Output, StringComparison.Ordinal);

        await using var misled = AppProcess.Start(program, ["--Flame:Pools:main:Max=many"]);
        Assert.NotEqual(0, await misled.EndAsync());
        Assert.Contains("Flame:Pools:main:Max", misled.Output, StringComparison.Ordinal);
    }

    private static async Task HoldsAsync(AppProcess app, string? block = null)
    {
        await HostTests.RunsElsewhereAsync(app);
        if (block is not null) Assert.Equal(block, await app.NextAsync("block"));
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }
}
