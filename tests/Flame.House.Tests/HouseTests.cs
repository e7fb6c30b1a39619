using System.Text.RegularExpressions;

namespace Flame.House.Tests;

public sealed partial class HouseTests
{
    private const int LongestFile = 350;

    [Fact]
    public void No_file_is_too_long_to_be_read_at_once()
    {
        Assert.All(WrittenFiles.Sources, file => Assert.True(WrittenFiles.Lines(file) <= LongestFile, file));
    }

    [Fact]
    public void Most_files_of_the_products_fit_a_few_screens()
    {
        var lengths = WrittenFiles.Products.Select(WrittenFiles.Lines).Order().ToArray();
        Assert.InRange(lengths[lengths.Length * 9 / 10], 1, 150);
    }

    [Fact]
    public void Folders_are_at_most_two_deep_under_a_project()
    {
        Assert.All(WrittenFiles.Sources, file => Assert.InRange(file.Split('/').Length, 3, 5));
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        var names = WrittenFiles.Sources.SelectMany(file => TypeName().Matches(WrittenFiles.Read(file)).Select(m => m.Groups[1].Value).Append(Path.GetFileNameWithoutExtension(file)));
        Assert.All(names, name => Assert.DoesNotMatch("(Manager|Helpers?|Utils?|Utility|Common|Shared|Impl)$", name));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = WrittenFiles.Read("Flame.sln").Replace('\\', '/');
        Assert.All(Projects(), project => Assert.Contains($"\"{project}\"", solution));
    }

    [Fact]
    public void Versions_of_packages_are_pinned_in_one_place()
    {
        Assert.All(Projects(), project => Assert.DoesNotMatch("<PackageReference [^>]*Version=", WrittenFiles.Read(project)));
        Assert.All(PackageVersion().Matches(WrittenFiles.Read("Directory.Packages.props")).Select(m => m.Groups[1].Value), version => Assert.DoesNotContain('*', version));
    }

    [Fact]
    public void What_the_analyzers_say_is_switched_off_nowhere_in_the_products_without_a_reason()
    {
        // What the emitters write is for generated code.
        var suppressions = WrittenFiles.Products.Where(file => !file.Contains("/Emit/", StringComparison.Ordinal))
            .SelectMany(file => Suppression().Matches(WrittenFiles.Read(file)).Select(m => (File: file, Text: m.Value)));
        Assert.All(suppressions, found => Assert.True(found.Text.Contains("Justification", StringComparison.Ordinal) || found.Text.Contains("//", StringComparison.Ordinal), $"{found.File}: {found.Text}"));
    }

    private static IEnumerable<string> Projects() =>
        new[] { "src", "tests", "samples", "benchmarks" }.SelectMany(folder => WrittenFiles.Files(folder, ".csproj"));

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum) ([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex("<PackageVersion [^>]*Version=\"([^\"]+)\"")]
    private static partial Regex PackageVersion();

    [GeneratedRegex(@"\[[^\]\n]*SuppressMessage\([^\n]*|#pragma warning disable[^\n]*")]
    private static partial Regex Suppression();
}
