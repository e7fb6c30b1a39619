using Flame.CodeSync;

namespace Flame.Stock.Tests;

/// <summary>Which files of a program go to which machine.</summary>
public sealed class ProgramFolderTests
{
    private static readonly StockFacts s_linux = new("linux-x64", ["Microsoft.AspNetCore.App 10.0.3", "Microsoft.NETCore.App 10.0.3"]);

    [Fact]
    public void Native_files_of_other_machines_and_what_helps_only_who_develops_are_left_out()
    {
        using var program = Program(null);
        program.Write("app.xml", "");
        program.Write("data.xml", "");
        program.Write("app", "the program that starts app.dll here");
        program.Write("de/app.resources.dll", "");
        program.Write("appsettings.json", "{}");
        program.Write(".git/config", "");
        foreach (var kind in new[] { "linux-x64", "linux", "unix", "win-x64", "linux-arm64", "osx", "any" }) program.Write($"runtimes/{kind}/native/{kind}.bin", "");
        Assert.Equal(
            ["app.deps.json", "app.dll", "app.runtimeconfig.json", "appsettings.json", "data.xml", "de/app.resources.dll", "runtimes/any/native/any.bin", "runtimes/linux-x64/native/linux-x64.bin", "runtimes/linux/native/linux.bin", "runtimes/unix/native/unix.bin"],
            Of(program).For(s_linux, [".git"]).Keys);
    }

    [Fact]
    public void Builds_of_the_program_for_other_machines_that_lie_in_its_folder_are_left_out()
    {
        using var program = Program(null);
        foreach (var build in new[] { "linux-x64", "publish", "win-x64/publish" })
        {
            foreach (var file in new[] { "app.dll", "app.runtimeconfig.json", "de/app.resources.dll", "System.Private.CoreLib.dll" }) program.Write($"{build}/{file}", "");
        }

        program.Write("linux-x64-data/a.txt", "");
        Assert.Equal(["app.deps.json", "app.dll", "app.runtimeconfig.json", "linux-x64-data/a.txt"], Of(program).For(s_linux, []).Keys);
    }

    [Fact]
    public void Program_for_another_machine_takes_that_ones_native_files_from_its_packages()
    {
        using var packages = new Folder();
        using var program = Program("win-x64", ("sqlite.native/2.1.0", "sqlite.dll"));
        program.Write("sqlite.dll", "windows");
        var native = packages.Write("sqlite.native/2.1.0/runtimes/linux-x64/native/libsqlite.so", "linux");
        packages.Write("sqlite.native/2.1.0/runtimes/win-x64/native/sqlite.dll", "windows");
        var files = Of(program, packages).For(s_linux, []);
        Assert.Equal(["app.dll", "app.runtimeconfig.json", "libsqlite.so"], files.Keys);
        Assert.Equal(native, files["libsqlite.so"]);
        Assert.Contains("sqlite.dll", Of(program, packages).For(s_linux with { Rid = "win-x64" }, []).Keys);
    }

    [Fact]
    public void Package_without_native_files_for_the_executor_is_named()
    {
        using var packages = new Folder();
        using var program = Program("win-x64", ("sqlite.native/2.1.0", "sqlite.dll"));
        packages.Write("sqlite.native/2.1.0/runtimes/win-x64/native/sqlite.dll", "windows");
        var error = Assert.Throws<CodeException>(() => Of(program, packages).For(s_linux, []));
        Assert.StartsWith("FLM2111", error.Message, StringComparison.Ordinal);
        Assert.Contains("sqlite.native/2.1.0", error.Message, StringComparison.Ordinal);
        Assert.Contains("linux-x64", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0", true)]
    [InlineData("10.0.3", true)]
    [InlineData("10.0.4", false)]
    [InlineData("9.0.0", false)]
    [InlineData("11.0.0", false)]
    public void Framework_that_the_executor_lacks_is_named(string wanted, bool isThere)
    {
        using var program = Program(null);
        program.Write("app.runtimeconfig.json", $$"""{ "runtimeOptions": { "frameworks": [ { "name": "Microsoft.NETCore.App", "version": "{{wanted}}" } ] } }""");
        if (isThere)
        {
            Assert.NotEmpty(Of(program).For(s_linux, []));
            return;
        }

        var error = Assert.Throws<CodeException>(() => Of(program).For(s_linux, []));
        Assert.StartsWith($"FLM2110: the program needs Microsoft.NETCore.App {wanted}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_that_brings_its_framework_is_refused()
    {
        using var program = Program("linux-x64");
        program.Write("app.runtimeconfig.json", """{ "runtimeOptions": { "includedFrameworks": [ { "name": "Microsoft.NETCore.App", "version": "10.0.0" } ] } }""");
        Assert.StartsWith("FLM2109", Assert.Throws<CodeException>(() => Of(program).For(s_linux, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copied_files_keep_to_the_working_directory_and_links_to_folders_are_not_followed()
    {
        using var outside = new Folder();
        using var folder = new Folder();
        outside.Write("secret.txt", "");
        folder.Write("models/a.onnx", "");
        folder.Write("models/__pycache__/b.pyc", "");
        folder.Write("models/deep/c.txt", "");
        Directory.CreateSymbolicLink(folder.At("models/link"), outside.Path);
        var options = new FlameCodeOptions { CopyPaths = { "models" }, Ignore = { "*.txt" } };
        Assert.Equal(["models/a.onnx"], CopiedFiles.In(folder.Path, options).Select(static file => file.Place));
        Assert.Throws<CodeException>(() => CopiedFiles.In(folder.Path, new FlameCodeOptions { CopyPaths = { outside.Path } }).ToArray());
        Assert.Throws<CodeException>(() => CopiedFiles.In(folder.Path, new FlameCodeOptions { CopyPaths = { "models/../.." } }).ToArray());
    }

    [Fact]
    public void Nearest_kind_of_machine_comes_first()
    {
        Assert.Equal(["linux-musl-x64", "linux-musl", "linux-x64", "linux", "unix-x64", "unix", "any"], StockFacts.Fallbacks("linux-musl-x64"));
        Assert.Equal(["linux-arm64", "linux", "unix-arm64", "unix", "any"], StockFacts.Fallbacks("linux-arm64"));
        Assert.Equal(["win-x64", "win", "any"], StockFacts.Fallbacks("win-x64"));
    }

    private static ProgramFolder Of(Folder program, Folder? packages = null) => new(program.Path, "app", packages?.Path ?? "/nowhere");

    private static Folder Program(string? rid, params (string Package, string File)[] native)
    {
        var folder = new Folder();
        var target = ".NETCoreApp,Version=v10.0" + (rid is null ? "" : "/" + rid);
        var libraries = string.Join(',', native.Select(static one => $$"""{{Quoted(one.Package)}}: { "native": { "runtimes/win-x64/native/{{one.File}}": {} } }"""));
        var known = string.Join(',', native.Select(static one => $$"""{{Quoted(one.Package)}}: { "type": "package", "path": {{Quoted(one.Package)}} }"""));
        folder.Write("app.dll", "");
        folder.Write("app.deps.json", $$"""{ "runtimeTarget": { "name": "{{target}}" }, "targets": { "{{target}}": { {{libraries}} } }, "libraries": { {{known}} } }""");
        folder.Write("app.runtimeconfig.json", """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } } }""");
        return folder;
    }

    private static string Quoted(string text) => $"\"{text}\"";
}
