using System.Reflection;
using Flame.Generators.Model;
using Flame.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Tests;

public sealed class OrderingTests
{
    private const string A = "namespace App; public static partial class V { [Flame] public static Task B(int a) => Task.CompletedTask; [Flame] public static Task B(string a) => Task.CompletedTask; }";
    private const string B = "namespace App; public static partial class V { [Flame] public static Task A() => Task.CompletedTask; } public static class U { [Flame] public static Task X() => Task.CompletedTask; }";

    [Fact]
    public void Output_does_not_depend_on_the_order_of_files() =>
        Assert.Equal(GeneratorRun.Of(GeneratorRun.Compile([A, B])).Text(), GeneratorRun.Of(GeneratorRun.Compile([B, A])).Text());

    [Fact]
    public void Hint_names_are_metadata_names() => Assert.Equal(
        ["App.U.Methods.g.cs", "App.U.Proxy.g.cs", "App.V.Methods.g.cs", "App.V.Proxy.g.cs", "Flame.Registry.g.cs"],
        GeneratorRun.Of(GeneratorRun.Compile([A, B])).Result.GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal));

    [Fact]
    public void Id_is_the_first_eight_bytes_of_the_hash_of_the_signature()
    {
        const string signature = "App.U.X():System.Threading.Tasks.Task";
        var id = BitConverter.ToUInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(signature)));
        Assert.Contains($"// {signature}\n", GeneratorRun.Of(GeneratorRun.Compile([B])).Text());
        Assert.Contains($"0x{id:x16}UL", GeneratorRun.Of(GeneratorRun.Compile([B])).Text());
    }

    [Fact]
    public void A_name_makes_the_id_independent_of_the_signature()
    {
        static ulong IdIn(string text) => Convert.ToUInt64(text[(text.IndexOf("new(0x", StringComparison.Ordinal) + 6)..][..16], 16);
        var one = GeneratorRun.Clean("public static class T { [Flame(Name = \"stable\")] public static Task A(int a) => Task.CompletedTask; }").Text();
        var other = GeneratorRun.Clean("public static class U { [Flame(Name = \"stable\")] public static Task B() => Task.CompletedTask; }").Text();
        Assert.Equal(IdIn(one), IdIn(other));
    }

    [Fact]
    public void Names_match_the_real_types()
    {
        Assert.Equal(KnownNames.Flame, typeof(FlameAttribute).FullName);
        Assert.Equal(KnownNames.Batch, typeof(FlameBatchAttribute).FullName);
        Assert.Equal(KnownNames.Enter, typeof(FlameEnterAttribute).FullName);
        Assert.Equal(KnownNames.Exit, typeof(FlameExitAttribute).FullName);
        Assert.Equal(KnownNames.Hidden, typeof(FlameHiddenAttribute).FullName);
        Assert.Equal(KnownNames.FromServices, typeof(FromServicesAttribute).FullName);
        Assert.Equal(KnownNames.Methods, typeof(CompilerServices.FlameMethodsAttribute).FullName);
        Assert.Equal(KnownNames.MemoryPackable, typeof(MemoryPack.MemoryPackableAttribute).FullName);
        Assert.Equal(KnownNames.IMemoryPackable, typeof(MemoryPack.IMemoryPackable<>).FullName);
        Assert.Equal(KnownNames.DefaultPool, FlamePoolOptions.DefaultPoolName);
        Assert.All(["Pool", "Name", "Idempotent", "Timeout"], n => Assert.NotNull(typeof(FlameAttribute).GetProperty(n)));
    }

    [Fact]
    public void Every_known_formatter_exists()
    {
        var formatters = typeof(MemoryPack.Formatters.ListFormatter<>).Assembly.GetTypes().Select(t => t.FullName).ToHashSet();
        foreach (var (type, formatter) in KnownFormatters.Generics)
            Assert.Contains($"MemoryPack.Formatters.{formatter}Formatter`{type.Split('`')[1]}", formatters);
    }

    [Fact]
    public void An_application_registers_the_assemblies_it_references()
    {
        var library = GeneratorRun.Clean("namespace Lib; public static class L { [Flame] public static Task X() => Task.CompletedTask; }", "My.Lib");
        var application = GeneratorRun.Clean("namespace App; public static class P { public static Task Go() => Lib.L.X(); }", "App", MetadataReference.CreateFromImage(library.Emit(out _)));
        Assert.Contains("global::Flame.Generated.My_Lib_Registry.Register();", application.Text());
        Assert.Contains("default(global::Lib.LFlame.RemoteMethods).X()", application.Text());
    }

    [Fact]
    public void A_crash_becomes_a_diagnostic_at_its_method()
    {
        var compilation = GeneratorRun.Compile([B]);
        var method = (IMethodSymbol)compilation.GetTypeByMetadataName("App.U")!.GetMembers("X").Single();
        var parsed = Steps.Guarded(method, _ => throw new InvalidOperationException("boom"));
        Assert.Null(parsed.Model);
        Assert.Equal(new CrashModel(parsed.Crash!.Place, "U.X()", "boom"), parsed.Crash);
        Assert.Equal("/src/File0.cs", parsed.Crash.Place.Path);
    }
}
