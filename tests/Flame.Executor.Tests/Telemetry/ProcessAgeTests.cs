namespace Flame.Executor.Tests.Telemetry;

public sealed class ProcessAgeTests
{
    [Theory]
    [InlineData("7 (a (b) c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 9", "130.05 200.00", 6.6)]
    [InlineData("7 (app) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 9", "100.00 200.00", null)] // a container's own count
    [InlineData("7 (app) S 1", "130.05 200.00", null)]
    [InlineData("", "", null)]
    public void Age_of_a_process_is_what_its_kernel_says_or_unknown(string stat, string uptime, double? seconds)
    {
        var folder = Directory.CreateTempSubdirectory();
        File.WriteAllText(Path.Combine(folder.FullName, "stat"), stat);
        File.WriteAllText(Path.Combine(folder.FullName, "uptime"), uptime);
        var age = ProcessAge.Read(Path.Combine(folder.FullName, "stat"), Path.Combine(folder.FullName, "uptime"));
        Assert.Equal(seconds, age is { } known ? Math.Round(known.TotalSeconds, 3) : null);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void This_process_knows_its_age_on_linux_and_no_process_is_younger_than_nothing()
    {
        var age = ProcessAge.OfThisProcess();
        Assert.Equal(OperatingSystem.IsLinux(), age is not null);
        Assert.False(age < TimeSpan.Zero);
    }
}
