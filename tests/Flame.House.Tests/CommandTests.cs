using System.Text.RegularExpressions;

namespace Flame.House.Tests;

/// <summary>What a reader is told to type is typed by a test, or it is said why none can.</summary>
public sealed partial class CommandTests
{
    private const string Packages = "Commands_of_the_README_make_packages_and_a_program_of_one_file_needs_no_more";

    /// <summary>What a command begins with, and the test that runs it, or the file that does.</summary>
    private static readonly Dictionary<string, string> s_shownBy = new(StringComparer.Ordinal)
    {
        ["./run"] = ".ci/run",
        ["./test"] = ".ci/run",
        ["dotnet pack packages.slnf "] = Packages,
        ["dotnet nuget add source "] = Packages,
        ["dotnet add package Flame"] = Packages,
        ["dotnet tool install --global Flame.Cli"] = Packages,
        ["dotnet run --project samples/Notebook"] = "What_the_page_shows_is_what_happens",
        ["dotnet run --project samples/OnKubernetes"] = "Executors_are_processes_of_this_machine",
        ["dotnet run --project samples/Sweep -- "] = "Worst_half_is_stopped_a_killed_executor_costs_one_curve_and_the_best_model_is_saved",
        ["dotnet publish samples/OnKubernetes -t:PublishContainer "] = "Image_is_the_base_with_the_program_on_top",
        ["dotnet run --project samples/Stills"] = "Documentation_tells_no_command_that_is_not_run_here",
        ["dotnet run --project samples/WebApp"] = "Upload_comes_back_as_stills_that_an_executor_took",
        ["curl --data-binary @holiday.mp4 "] = "Documentation_sends_a_video_as_it_is_sent_here",
        ["curl -X POST -H 'X-Flame-Action: 1' "] = "Another_page_cancels_nothing",
        ["dotnet publish src/Flame.Stock -t:PublishContainer "] = "Image_runs_the_stock_executor_as_a_user_that_is_not_root_on_a_base_that_has_the_frameworks",
        ["Flame__Backend=kubernetes "] = "Configuration_that_asks_for_pods_is_told_that_there_is_no_cluster",
    };

    /// <summary>What needs more than this machine.</summary>
    private static readonly Dictionary<string, string> s_notHere = new(StringComparer.Ordinal)
    {
        ["docker build -f samples/WebApp/"] = "needs Docker and images to begin with; DockerfileTests hold its file against the one whose first stage they carry out",
        ["kubectl apply -f samples/WebApp/"] = "needs a cluster; WebAppTests run the program with the manifest's environment on a double",
        ["fly apps create "] = "needs an account at Fly",
        ["fly deploy "] = "needs an account at Fly; WebAppTests run the program with the file's environment on a double",
        ["fly secrets set "] = "needs an account at Fly; what its token is for is asked of a double",
        ["kubectl apply -f samples/OnKubernetes/"] = "needs a cluster; what is applied is read by ManifestTests",
        ["kubectl get pods -l "] = "needs a cluster; kubectl itself reads pods of the double in KubectlTests",
    };

    [Fact]
    public void Every_command_of_README_and_book_is_run_by_a_test_or_is_said_to_need_more()
    {
        var all = s_shownBy.Keys.Concat(s_notHere.Keys).ToArray();
        var commands = WrittenFiles.Documents.Where(page => !page.StartsWith("benchmarks", StringComparison.Ordinal)).SelectMany(Commands).ToArray();
        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Contains(all, known => command.StartsWith(known, StringComparison.Ordinal)));
        Assert.All(all, known => Assert.Contains(commands, command => command.StartsWith(known, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_runs_them_exists()
    {
        var tests = string.Concat(WrittenFiles.Tests.Select(WrittenFiles.Read));
        Assert.All(s_shownBy.Values.Distinct(), shown => Assert.True(WrittenFiles.Has(shown) || tests.Contains($" {shown}(", StringComparison.Ordinal), shown));
        var ci = WrittenFiles.Read(".ci/run");
        Assert.Contains("./run ", ci, StringComparison.Ordinal);
        Assert.EndsWith("./test\n", ci, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_page_has_its_place_in_the_book_and_the_book_in_the_README()
    {
        var book = WrittenFiles.Read("docs/README.md");
        var pages = WrittenFiles.Files("docs", ".md").Where(page => page != "docs/README.md" && !page.StartsWith("docs/rules/", StringComparison.Ordinal)).ToArray();
        Assert.All(pages, page => Assert.Contains($"]({page["docs/".Length..]})", book, StringComparison.Ordinal));
        Assert.Contains("](docs/README.md)", WrittenFiles.Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_in_the_dictionaries_exists()
    {
        var known = string.Concat(WrittenFiles.Files("src", "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt").Select(WrittenFiles.Read));
        string[] rows = [.. Rows("docs/modal.md").Select(row => row.Split('|')[2]), .. Rows("README.md").Where(row => row.Split('|').Length == 5).Select(row => row.Split('|')[3])];
        var names = rows.SelectMany(row => OurName().Matches(row).Select(match => match.Groups[1].Value)).Distinct().ToArray();
        Assert.True(names.Length > 20, "hardly any name was found");
        Assert.All(names, name => Assert.Matches($@"\b{name.Replace(".", @"\.", StringComparison.Ordinal)}(Attribute)?\b", known));
    }

    private static IEnumerable<string> Rows(string page) => WrittenFiles.Read(page).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal));

    // Comments stand behind two blanks.
    private static IEnumerable<string> Commands(string page) => Block().Matches(WrittenFiles.Read(page))
        .SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line => line.Split("  ")[0]);

    [GeneratedRegex("^```(?:bash|sh)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    // A type, a member or an attribute of ours; words of others begin small.
    [GeneratedRegex(@"`\[?((?:Flame|Map|ForEach|Place|Call|Min|Max|Buffer|Idle|Single|Boot|Idempotent|AddPool|CopyPaths|Timeout)\w*(?:\.\w+)?)")]
    private static partial Regex OurName();
}
