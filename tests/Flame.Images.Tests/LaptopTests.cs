using Flame.Kubernetes;

namespace Flame.Images.Tests;

/// <summary>The sample where there is no cluster.</summary>
public sealed class LaptopTests
{
    private static readonly string s_program = Path.Combine(Repository.Path, "samples", "OnKubernetes", "bin", Dotnet.Configuration, "net10.0", "OnKubernetes");

    [Fact]
    public async Task Executors_are_processes_of_this_machine()
    {
        await using var program = Start([]);
        await Answers.CountPrimesAsync(program);
        await Answers.EndAsync(program);
    }

    [Fact]
    public async Task Configuration_that_asks_for_pods_is_told_that_there_is_no_cluster()
    {
        await using var program = Start([], ("Flame__Backend", "kubernetes"), ("KUBECONFIG", "/nowhere/kubeconfig"), ("HOME", "/nowhere"));
        await program.EndAsync();
        Assert.NotEqual(0, program.ExitCode);
        Assert.Contains("FLM1130: ", program.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_prints_the_rights_that_it_needs()
    {
        await using var program = Start(["rbac", "jobs", "worker"]);
        await program.EndAsync();
        Assert.Equal(KubernetesRbac.Manifest("jobs", "worker").TrimEnd('\n').Split('\n'), program.Out);
    }

    internal static SampleProcess Start(string[] arguments, params (string Name, string Value)[] environment) =>
        new(Repository.Path, s_program, [.. arguments, .. arguments.Length > 0 ? Array.Empty<string>() : ["--urls", "http://127.0.0.1:0"]], environment);
}
