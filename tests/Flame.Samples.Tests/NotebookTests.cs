using System.Text.RegularExpressions;

namespace Flame.Samples.Tests;

/// <summary>Cells typed into the notebook, as its user does.</summary>
public sealed class NotebookTests
{
    private const string Definition = """
        public static class Work
        {
            [Flame(Pool = "cpu")]
            public static async Task<string> TwiceAsync(int n) { await Task.Yield(); return $"{n * FACTOR} by process {Environment.ProcessId}"; }
        }

        """;

    [Fact]
    public async Task What_the_page_shows_is_what_happens()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Path, "docs", "live-code.md"));
        var (typed, shown) = page.Split("```text\n")[1].Split("```")[0].Split("\n\n") is [var cell, var answer] ? (cell, answer.Trim()) : default;
        await using var notebook = SampleProcess.StartSmall("Notebook");
        await notebook.In.WriteAsync($"{typed}\n\n");
        Assert.Equal(shown, await notebook.LineAsync(line => line.Contains(" by cpu/", StringComparison.Ordinal)));
        await EndAsync(notebook);
    }

    [Fact]
    public async Task What_is_defined_again_runs_on_the_executor_that_is_up_and_a_mistake_costs_nothing()
    {
        await using var notebook = SampleProcess.StartSmall("Notebook");
        await notebook.In.WriteAsync(Definition.Replace("FACTOR", "2") + "Console.WriteLine(await Work.TwiceAsync(10));\n\n");
        var first = await notebook.LineAsync(line => line.StartsWith("20 by process ", StringComparison.Ordinal));

        await notebook.In.WriteAsync("Console.WriteLine(await Work.ThriceAsync(10));\n\n");
        Assert.Matches(@"^Cell2\(1,30\): error CS0117", await notebook.LineAsync(line => line.Contains("error", StringComparison.Ordinal)));

        await notebook.In.WriteAsync(Definition.Replace("FACTOR", "3") + "\n");
        await notebook.In.WriteAsync("var n = 10;\nConsole.WriteLine(await Work.TwiceAsync(n));\nConsole.WriteLine(await FlamePools.Current.CallAsync(\"cpu\", () => $\"block of {n} by process {Environment.ProcessId}\"));\n\n");
        var process = Regex.Match(first, @"\d+$").Value;
        Assert.Equal($"30 by process {process}", await notebook.LineAsync(line => line.StartsWith("30 by process ", StringComparison.Ordinal)));
        Assert.Equal($"block of 10 by process {process}", await notebook.LineAsync(line => line.StartsWith("block", StringComparison.Ordinal)));

        await notebook.In.WriteAsync("throw new InvalidOperationException(\"enough\");\n\n");
        Assert.Equal("enough", await notebook.LineAsync(line => line == "enough"));
        await EndAsync(notebook);
    }

    private static async Task EndAsync(SampleProcess notebook)
    {
        notebook.In.Close();
        await notebook.EndAsync();
        Assert.True(notebook.ExitCode == 0, notebook.Everything);
        await notebook.NothingIsLeftAsync();
    }
}
