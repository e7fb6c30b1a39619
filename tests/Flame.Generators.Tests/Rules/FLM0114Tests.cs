namespace Flame.Generators.Tests.Rules;

public sealed class FLM0114Tests
{
    private const string Videos = """
        public interface IVideos { Task CutAsync(); }
        public class Videos : IVideos { [Flame] public Task CutAsync() => Task.CompletedTask; }

        """;

    [Theory]
    [InlineData("public class Odd : Videos { } public class U { public static void S(IServiceCollection s) => Call<Videos, Odd>(s); }", "is no interface")]
    [InlineData("public abstract class Odd : IVideos { [Flame] public Task CutAsync() => null!; } public class U { public static void S(IServiceCollection s) => Call<IVideos, Odd>(s); }", "is abstract")]
    [InlineData("public class U { public static void S<T>(IServiceCollection s) where T : class, IVideos => Call<IVideos, T>(s); }", "type parameter")]
    [InlineData("public class U { private class Odd : IVideos { public Task CutAsync() => null!; } public static void S(IServiceCollection s) => Call<IVideos, Odd>(s); }", "cannot name 'U.Odd'")]
    [InlineData("file interface IOdd { Task CutAsync(); } file class Odd : IOdd { public Task CutAsync() => null!; } file class U { public static void S(IServiceCollection s) => Call<IOdd, Odd>(s); }", "cannot name 'IOdd'")]
    [InlineData("public interface IOdd { protected void Do(); } public class Odd : IOdd { void IOdd.Do() { } } public class U { public static void S(IServiceCollection s) => Call<IOdd, Odd>(s); }", "cannot call 'IOdd.Do()'")]
    [InlineData("public unsafe interface IOdd { void Do(int* at); } public unsafe class Odd : IOdd { public void Do(int* at) { } } public class U { public static void S(IServiceCollection s) => Call<IOdd, Odd>(s); }", "has a pointer")]
    [InlineData("public class Odd : Videos, IVideos { } public class U { public static void S(IServiceCollection s) => Call<IVideos, Odd>(s); }", "marked in a base class")]
    public async Task Pair_that_no_proxy_can_stand_for_is_refused_and_the_reason_is_said(string code, string reason)
    {
        foreach (var (form, end) in new[] { ("AddFlameProxy<", "(s)"), ("AddKeyedFlameProxy<", "(s, 1)") })
        {
            var source = "using Microsoft.Extensions.DependencyInjection;\n" + Videos + code.Replace("Call<", "FlameProxyExtensions." + form).Replace("(s);", end + ";");
            var run = GeneratorRun.Of(source);
            Assert.Empty(run.Output.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
            var said = Assert.Single(await run.AnalyzeAsync(), d => d.Id == "FLM0114");
            Assert.Contains(reason, said.GetMessage());
        }
    }

    [Fact]
    public Task Class_and_its_interface_are_accepted_as_they_are_closed_generic_or_nested() => RuleTest.IsSilentAsync(
        "using Microsoft.Extensions.DependencyInjection;\n" + Videos + """
        public interface IMany<T> { Task<T> OneAsync(T one); }
        public class Outer { internal class Many : IMany<int> { [Flame] public Task<int> OneAsync(int one) => Task.FromResult(one); } }
        public static class U
        {
            public static void S(IServiceCollection s) => s.AddFlameProxy<IVideos, Videos>().AddFlameProxy<IMany<int>, Outer.Many>().AddKeyedFlameProxy<IVideos, Videos>("fast");
        }
        """);
}
