using Flame.CodeFixes;
using Microsoft.CodeAnalysis;
using static Flame.Generators.Tests.Fixes.FixTest;

namespace Flame.Generators.Tests.Fixes;

public sealed class PayloadFixTests
{
    private const string Method = "public static class V { [Flame] public static Task M(List<Clip> clips) => Task.CompletedTask; }";

    [Fact]
    public Task A_type_of_another_document_is_marked_and_made_partial_with_those_around_it() => FixesAsync(
        new PackableTypeFix(), "Mark Clip [MemoryPackable]",
        GeneratorRun.Compile([
            "namespace App { public static class V { [Flame] public static Task M(Outer.Clip a) => Task.CompletedTask; } }",
            """
            namespace App
            {
                public static class Outer
                {
                    /// <summary>A clip.</summary>
                    [Serializable]
                    public sealed record Clip(string Path) { public int Length { get; set; } }
                }
            }
            """,
        ]),
        "namespace App { public static class V { [Flame] public static Task M(Outer.Clip a) => Task.CompletedTask; } }",
        """
        namespace App
        {
            public static partial class Outer
            {
                /// <summary>A clip.</summary>
                [MemoryPackable]
                [Serializable]
                public sealed partial record Clip(string Path) { public int Length { get; set; } }
            }
        }
        """);

    [Fact]
    public Task A_type_that_a_block_captures_is_marked() => FixesAsync(
        new PackableTypeFix(), "Mark Clip [MemoryPackable]",
        GeneratorRun.Compile(["namespace App { public class Clip { public int Length { get; set; } } public static class V { public static Task M(FlamePools f, Clip clip) => f.CallAsync(\"default\", () => clip.Length); } }"]),
        "namespace App { [MemoryPackable] public partial class Clip { public int Length { get; set; } } public static class V { public static Task M(FlamePools f, Clip clip) => f.CallAsync(\"default\", () => clip.Length); } }");

    [Theory]
    [InlineData("public class Clip { public string Path { get; set; } = \"\"; }", "\n[MemoryPackable]\npublic partial class Clip { public string Path { get; set; } = \"\"; }")]
    [InlineData("class Clip { public string? Path; }", "\n[MemoryPackable]\npartial class Clip { public string? Path; }")]
    [InlineData("public struct Clip { public string? Path; }", "\n[MemoryPackable]\npublic partial struct Clip { public string? Path; }")]
    [InlineData("public record struct Clip(string Path);", "\n[MemoryPackable]\npublic partial record struct Clip(string Path);")]
    [InlineData("public readonly record struct Clip(string Path);", "\n[MemoryPackable]\npublic readonly partial record struct Clip(string Path);")]
    [InlineData("public class Clip(string path) { public string Path { get; } = path; public int Length => Path.Length; }", "\n[MemoryPackable]\npublic partial class Clip(string path) { public string Path { get; } = path; public int Length => Path.Length; }")]
    [InlineData("public class Base { public int A { get; set; } } public class Clip : Base { public required string Path { get; init; } }", " public class Base { public int A { get; set; } }\n[MemoryPackable]\npublic partial class Clip : Base { public required string Path { get; init; } }")]
    public Task Classes_structs_and_records_are_marked(string before, string after) => FixesAsync(
        new PackableTypeFix(), "Mark Clip [MemoryPackable]",
        $"internal static class V {{ [Flame] internal static Task<Clip> M() => throw new NotSupportedException(); }} {before}",
        $"internal static class V {{ [Flame] internal static Task<Clip> M() => throw new NotSupportedException(); }}{after}");

    [Fact]
    public async Task A_type_of_another_project_is_marked_where_it_is_declared()
    {
        const string library = "public class Clip { public string Path { get; set; } = \"\"; }";
        var app = GeneratorRun.Of(GeneratorRun.Compile([Method]));
        DocumentId? declaration = null;
        var (documents, actions) = await OfferedAsync(new PackableTypeFix(), app, project =>
        {
            var other = AddProject(project.Solution, "Library", GeneratorRun.Of(library, "Library"));
            declaration = other.DocumentIds[0];
            return other.Solution.GetProject(project.Id)!.AddProjectReference(new ProjectReference(other.Id));
        });

        var changed = await ChangedAsync(Assert.Single(actions), documents[0].Project.Solution.GetDocument(declaration!)!);
        Assert.Equal([GeneratorRun.Usings + "[MemoryPackable]\npublic partial class Clip { public string Path { get; set; } = \"\"; }"], changed);

        // The changed library as its own build makes it, and the app that has not changed beside it.
        var image = GeneratorRun.Clean(changed[0][GeneratorRun.Usings.Length..], "Library").Emit(out _);
        Assert.Empty(await GeneratorRun.Clean(Method, "App", MetadataReference.CreateFromImage(image)).AnalyzeAsync());
    }

    [Theory]
    [InlineData("public abstract class Clip { }")]
    [InlineData("public interface Clip { }")]
    [InlineData("public delegate void Clip();")]
    [InlineData("public class Clip(string connection) { public int Length => connection.Length; }")]
    [InlineData("public class Clip { public Clip() { } public Clip(int a) { A = a; } public int A { get; set; } }")]
    [InlineData("public class Clip { public string Id { get; } = Guid.NewGuid().ToString(); }")]
    [InlineData("public class Clip { public readonly string Id = \"\"; }")]
    [InlineData("public class Clip : Queue<int> { }")]
    [InlineData("public class Clip : Exception { }")]
    [InlineData("public class Clip : System.Net.Http.HttpClient { }")]
    public async Task A_type_that_could_not_be_made_again_is_left_alone(string type)
    {
        Assert.Empty(await TitlesAsync(new PackableTypeFix(), $"{Method} {type}"));
    }

    [Theory]
    [InlineData("public Action? Done { get; set; }")]
    [InlineData("public List<object>? Done;")]
    public Task A_member_that_cannot_be_sent_is_left_out(string member) => FixesAsync(
        new IgnoredMemberFix(), "Do not send Done: mark it [MemoryPackIgnore]",
        $"{Method} [MemoryPackable] public partial class Clip {{ /* When done. */ {member} public Part? Part {{ get; set; }} }} [MemoryPackable] public partial class Part {{ public int A {{ get; set; }} }}",
        $"{Method} [MemoryPackable] public partial class Clip {{ /* When done. */ [MemoryPackIgnore] {member} public Part? Part {{ get; set; }} }} [MemoryPackable] public partial class Part {{ public int A {{ get; set; }} }}");

    [Fact]
    public Task The_innermost_member_is_left_out() => FixesAsync(
        new IgnoredMemberFix(), "Do not send Done: mark it [MemoryPackIgnore]",
        $"{Method} [MemoryPackable] public partial class Clip {{ public Part[] Parts {{ get; set; }} = []; }} [MemoryPackable] public partial class Part {{ public object? Done {{ get; set; }} }}",
        $"{Method} [MemoryPackable] public partial class Clip {{ public Part[] Parts {{ get; set; }} = []; }} [MemoryPackable] public partial class Part {{ [MemoryPackIgnore] public object? Done {{ get; set; }} }}");

    [Theory]
    [InlineData("record Clip(Action Done);")]
    [InlineData("class Clip { public required Action Done { get; set; } }")]
    [InlineData("class Clip { [MemoryPackInclude] internal Action? Done { get; set; } }")]
    [InlineData("class Clip { public Action? Done, Begun; }")]
    [InlineData("class Clip { public Clip(Action done) { Done = done; } public Action Done { get; } }")]
    public async Task A_member_that_its_type_needs_is_sent_or_changed_by_its_author(string type)
    {
        Assert.Empty(await TitlesAsync(new IgnoredMemberFix(), $"{Method} [MemoryPackable] public partial {type}"));
    }

    [Theory]
    [InlineData("IServiceProvider")]
    [InlineData("System.Net.Http.HttpClient")]
    [InlineData("IStore?")]
    [InlineData("Store")]
    public Task A_service_is_resolved_on_the_executor(string type) => FixesAsync(
        new ServiceParameterFix(), "Resolve it on the executor instead of sending it",
        $"public interface IStore {{ }} public class Store(string path) {{ public int Length => path.Length; }} public static class V {{ [Flame] public static Task M(int x, {type} a) => Task.CompletedTask; }}",
        $"public interface IStore {{ }} public class Store(string path) {{ public int Length => path.Length; }} public static class V {{ [Flame] public static Task M(int x, [FromServices] {type} a) => Task.CompletedTask; }}");

    [Theory]
    [InlineData("object a")]
    [InlineData("Action a")]
    [InlineData("Exception a")]
    [InlineData("List<IServiceProvider> a")]
    [InlineData("IServiceProvider[] a")]
    [InlineData("this IServiceProvider a")]
    [InlineData("Holder a")]
    public async Task What_is_data_is_not_resolved_on_the_executor(string parameter)
    {
        Assert.Empty(await TitlesAsync(
            new ServiceParameterFix(),
            $"[MemoryPackable] public partial class Holder {{ public IServiceProvider? A {{ get; set; }} }} public static class V {{ [Flame] public static Task M({parameter}) => Task.CompletedTask; }}"));
    }
}
