namespace Flame.Generators.Tests.Rules;

public sealed class FLM0115Tests
{
    [Fact]
    public Task Class_of_which_nothing_is_marked_is_doubted() => RuleTest.SaysOnlyAsync(
        "FLM0115",
        "s.AddFlameProxy<IVideos, Videos>()",
        """
        using Microsoft.Extensions.DependencyInjection;
        public interface IVideos { Task CutAsync(); }
        public class Videos : IVideos { public Task CutAsync() => Task.CompletedTask; [Flame] public Task OtherAsync() => Task.CompletedTask; }
        public static class U { public static void S(IServiceCollection s) => s.AddFlameProxy<IVideos, Videos>(); }
        """);

    [Fact]
    public Task One_marked_method_is_enough() => RuleTest.IsSilentAsync(
        """
        using Microsoft.Extensions.DependencyInjection;
        public interface IVideos { Task CutAsync(); string Name { get; } }
        public class Videos : IVideos { [Flame] public Task CutAsync() => Task.CompletedTask; public string Name => ""; }
        public static class U { public static void S(IServiceCollection s) => s.AddFlameProxy<IVideos, Videos>(); }
        """);
}
