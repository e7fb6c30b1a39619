using CsCheck;
using Flame.CodeSync;
using Flame.Wire;

namespace Flame.Stock.Tests;

/// <summary>No file of a program can come to lie anywhere but in its folder.</summary>
public sealed class PathTests
{
    private static readonly string s_hash = new('a', 64);

    [Theory]
    [InlineData("../evil.dll")]
    [InlineData("a/../../evil.dll")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b.dll")]
    [InlineData("a/./b.dll")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("C:/windows/evil.dll")]
    [InlineData("..\\evil.dll")]
    [InlineData("a\0.dll")]
    [InlineData("a\n.dll")]
    [InlineData("con")]
    [InlineData("lib/NUL.dll")]
    [InlineData("com1.txt")]
    [InlineData("a./b")]
    [InlineData("a /b")]
    [InlineData("...")]
    public void Path_that_leads_elsewhere_or_is_ambiguous_is_refused(string path)
    {
        Assert.NotNull(CodePath.Doubt(path));
        var error = Assert.Throws<WireException>(() => Read(new CodeFile(path, s_hash, 1, false)));
        Assert.StartsWith("FLM2113", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.dll")]
    [InlineData("runtimes/linux-x64/native/libfoo.so")]
    [InlineData("models/größe v2.onnx")]
    [InlineData(".config/..hidden")]
    [InlineData("console/communication.dll")]
    public void Ordinary_path_is_taken(string path) => Assert.Equal(path, Read(new CodeFile(path, s_hash, 1, false)).Path);

    [Fact]
    public void Whatever_is_taken_lies_below_the_folder() => Gen.String[Gen.Char["./\\ac:~ "], 0, 12].Sample(static path =>
    {
        if (CodePath.Doubt(path) is not null) return;
        var full = Path.GetFullPath(Path.Combine("/cache/programs/x", path));
        Assert.StartsWith("/cache/programs/x/", full, StringComparison.Ordinal);
        Assert.Equal($"/cache/programs/x/{path}", full);
    });

    [Theory]
    [InlineData("Lib/a.dll", "lib/A.dll")]
    [InlineData("a", "a/b.dll")]
    [InlineData("A", "a/b.dll")]
    [InlineData("b", "b/c.dll")]
    [InlineData("b.txt/c/d.dll", "B.TXT/c")]
    public void Two_files_of_one_place_are_refused(string one, string other)
    {
        var manifest = new CodeManifest(one, [], [new CodeFile(one, s_hash, 1, false), new CodeFile("b.txt", s_hash, 1, false), new CodeFile(other, s_hash, 1, false)]);
        Assert.StartsWith("FLM2113", Assert.Throws<WireException>(manifest.Checked).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short", 1)]
    [InlineData("../../../../../../../../../../../../../../../../../../../../../etc", 1)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 1)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1)]
    public void Hash_or_size_that_is_none_is_refused(string hash, long size) => Assert.Throws<WireException>(() => Read(new CodeFile("a.dll", hash, size, false)));

    [Fact]
    public void Manifest_without_the_assembly_that_is_started_is_refused() =>
        Assert.Throws<WireException>(new CodeManifest("other.dll", [], [new CodeFile("a.dll", s_hash, 1, false)]).Checked);

    [Fact]
    public void Program_is_known_by_its_files_and_their_places_and_not_by_what_it_is_started_with()
    {
        CodeFile[] files = [new CodeFile("a.dll", s_hash, 1, false), new CodeFile("b.dll", new string('b', 64), 2, false)];
        var program = new CodeManifest("a.dll", ["x"], files);
        Assert.Equal(program.Hash, new CodeManifest("a.dll", ["y"], files).Hash);
        Assert.NotEqual(program.Hash, new CodeManifest("b.dll", ["x"], files).Hash);
        Assert.NotEqual(program.Hash, new CodeManifest("a.dll", ["x"], [files[0], files[1] with { Path = "c.dll" }]).Hash);
        Assert.NotEqual(program.Hash, new CodeManifest("a.dll", ["x"], [files[0], files[1] with { IsExecutable = true }]).Hash);
    }

    private static CodeFile Read(CodeFile file)
    {
        var body = new BodyWriter();
        file.Write(body);
        var reader = new BodyReader(body.Span);
        return CodeFile.Read(ref reader);
    }
}
