using Flame.Backends;
using Xunit;

namespace Flame.Tests.Backends;

public sealed class LocalProgramTests
{
    private static readonly string s_folder = AppContext.BaseDirectory;

    [Fact]
    public void A_program_of_its_own_is_started_with_the_same_arguments()
    {
        var program = LocalProgram.Find("/opt/app/shop", ["/opt/app/shop.dll", "--port", "80"], "/opt/app/", "shop");

        Assert.Equal("/opt/app/shop", program.Path);
        Assert.Equal(["--port", "80"], program.Arguments);
    }

    [Fact]
    public void An_assembly_run_by_dotnet_is_run_by_it_again()
    {
        var program = LocalProgram.Find("/usr/bin/dotnet", ["Flame.TestChild.dll", "--port", "80"], s_folder, "Flame.TestChild");

        Assert.Equal("/usr/bin/dotnet", program.Path);
        Assert.Equal([Path.Combine(s_folder, "Flame.TestChild.dll"), "--port", "80"], program.Arguments);
    }

    [Fact]
    public void An_assembly_that_is_nowhere_is_a_permanent_failure() =>
        Assert.True(Assert.Throws<BackendException>(() => LocalProgram.Find("/usr/bin/dotnet", ["gone.dll"], "/nonexistent", "gone")).Permanent);

    [Fact]
    public void This_process_is_found() => Assert.True(File.Exists(LocalProgram.Current().Path));
}
