namespace Flame.EndToEnd.Tests.Processes;

/// <summary>An executor is the same program however it was started.</summary>
public sealed class StartTests(PublishedPrograms programs) : IClassFixture<PublishedPrograms>
{
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
        await HoldsAsync(app);
        Assert.Contains("dynamic-code=False", app.Output, StringComparison.Ordinal);
    }

    private static async Task HoldsAsync(AppProcess app)
    {
        await HostTests.RunsElsewhereAsync(app);
        Assert.Equal(0, await app.EndAsync());
        Assert.Empty(app.Started());
    }
}
