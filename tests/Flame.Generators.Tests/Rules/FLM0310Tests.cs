namespace Flame.Generators.Tests.Rules;

public sealed class FLM0310Tests
{
    [Theory]
    [InlineData("public void M<T>() { }")]
    [InlineData("public async IAsyncEnumerable<int> M() { await Task.Yield(); yield return 1; }")]
    [InlineData("public void M(IProgress<int> p) { }")]
    [InlineData("public void M(System.IO.Stream s) { }")]
    public Task What_is_no_single_message_is_refused(string method) => RuleTest.SaysOnlyAsync(
        "FLM0310", "M", $$"""[FlameObject] public class V { {{method}} }""");

    [Fact]
    public Task Values_tasks_services_and_what_is_not_public_are_accepted() => RuleTest.IsSilentAsync(
        """
        [FlameObject] public sealed class V : IDisposable { public int A(string s) => 1; public Task<List<string>> B(CancellationToken ct) => Task.FromResult(new List<string>()); public ValueTask C([FromServices] IServiceProvider s) => default; internal void D<T>() { } public static void E<T>() { } public override string ToString() => ""; public void Dispose() { } public int F { get; set; } }
        """);
}
