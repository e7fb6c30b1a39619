using Flame.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace Flame.Executor.Tests.InProcess;

public sealed class InjectionTests
{
    [Fact]
    public async Task Marked_methods_run_on_the_pool_and_the_parent_makes_no_object_for_them()
    {
        await using var pool = InProcessPool.Start();
        await using var parent = Parent();
        await using (var scope = parent.CreateAsyncScope())
        {
            var studio = scope.ServiceProvider.GetRequiredService<IStudio>();
            Assert.Equal("tea at 80", await studio.CutAsync("tea"));
            Assert.Equal("Studio True", await studio.WhereAsync(studio));
            Assert.Equal([0, 1, 2], await studio.FramesAsync(3).ToListAsync(InProcessPool.Patience));
            Assert.IsNotType<Studio>(studio);
        }

        Assert.Equal(0, parent.GetRequiredService<Made>().Count);
        Assert.Single(pool.Stats.Executors);
    }

    [Fact]
    public async Task What_is_not_marked_runs_in_place_on_one_object_made_when_it_is_needed()
    {
        await using var parent = Parent();
        await using (var scope = parent.CreateAsyncScope())
        {
            var studio = scope.ServiceProvider.GetRequiredService<IStudio>();
            Assert.Equal(0, parent.GetRequiredService<Made>().Count);
            Assert.Equal("studio", studio.Name);
            studio.Name = "another";
            Assert.Equal(3, studio.Count("tea"));
            Assert.Equal("another", ((INamed)scope.ServiceProvider.GetRequiredService<Studio>()).Name);
        }

        Assert.Equal(1, parent.GetRequiredService<Made>().Count);
    }

    [Fact]
    public async Task Body_of_the_interface_runs_here_and_what_it_calls_there()
    {
        await using var pool = InProcessPool.Start();
        await using var parent = Parent();
        await using var scope = parent.CreateAsyncScope();
        Assert.Equal(["tea at 80", "milk at 100"], await scope.ServiceProvider.GetRequiredService<IStudio>().CutBothAsync("tea", "milk"));
        Assert.Equal(0, parent.GetRequiredService<Made>().Count);
    }

    [Theory]
    [InlineData(ServiceLifetime.Scoped, false, 2)]
    [InlineData(ServiceLifetime.Singleton, true, 1)]
    [InlineData(ServiceLifetime.Transient, false, 2)]
    public async Task Proxy_and_class_live_as_long_as_they_are_told(ServiceLifetime lifetime, bool same, int made)
    {
        await using var parent = Parent(lifetime);
        await using var one = parent.CreateAsyncScope();
        await using var other = parent.CreateAsyncScope();
        var (first, second) = (one.ServiceProvider.GetRequiredService<IStudio>(), other.ServiceProvider.GetRequiredService<IStudio>());
        first.Name = "first";
        Assert.Equal((same, same ? "first" : "studio"), (ReferenceEquals(first, second), second.Name));
        Assert.Equal(made, parent.GetRequiredService<Made>().Count);
    }

    [Fact]
    public async Task Keyed_interface_is_remote_too()
    {
        await using var pool = InProcessPool.Start();
        var services = new ServiceCollection().AddSingleton<Made>();
        await using var parent = services.AddKeyedFlameProxy<IStudio, Studio>("night").BuildServiceProvider();
        await using var scope = parent.CreateAsyncScope();
        Assert.Equal("tea at 80", await scope.ServiceProvider.GetRequiredKeyedService<IStudio>("night").CutAsync("tea"));
        Assert.Null(scope.ServiceProvider.GetService<IStudio>());
        Assert.Equal(0, parent.GetRequiredService<Made>().Count);
    }

    [Fact]
    public async Task Where_calls_stay_local_the_class_itself_is_injected()
    {
        await using var parent = Parent();
        await using var scope = parent.CreateAsyncScope();
        var early = scope.ServiceProvider.GetRequiredService<IStudio>();
        await using var pools = await FlameApplication.StartAsync(flame => flame.Mode = FlameMode.Local, ct: InProcessPool.Patience);
        using var use = pools.Use();
        await using var later = parent.CreateAsyncScope();
        Assert.IsType<Studio>(later.ServiceProvider.GetRequiredService<IStudio>());

        // Injected before it was known, the proxy asks at each call.
        Assert.Equal("tea at 80", await early.CutAsync("tea"));
        Assert.All(pools.All, pool => Assert.Equal(0, pool.GetStats().Count));
    }

    [Fact]
    public async Task Class_that_uses_the_interface_is_tested_with_a_double_of_its_own()
    {
        Assert.Equal("shown: nothing", await new Cinema(new Double()).ShowAsync("tea"));
        await using var parent = new ServiceCollection().AddFlameProxy<IStudio, Studio>().AddScoped<Cinema>()
            .AddScoped<IStudio, Double>().BuildServiceProvider();
        await using var scope = parent.CreateAsyncScope();
        Assert.Equal("shown: nothing", await scope.ServiceProvider.GetRequiredService<Cinema>().ShowAsync("tea"));
    }

    [Fact]
    public async Task Failure_of_a_call_reaches_who_uses_the_interface()
    {
        await using var pool = InProcessPool.Start();
        await using var parent = Parent(ServiceLifetime.Singleton);
        pool.Backend.FailNextBoot("the quota is used up");
        var call = parent.GetRequiredService<IStudio>().CutAsync("tea");
        await pool.UntilAsync(stats => stats.BootFailuresInARow == 1);
        await pool.Pools.DisposeAsync();
        await Assert.ThrowsAsync<PoolDrainingException>(() => call);
    }

    [Fact]
    public void Pair_that_was_not_generated_is_refused_and_says_what_to_do()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Register<Double>(new ServiceCollection()));
        Assert.StartsWith("FLM2016: No proxy was generated", error.Message, StringComparison.Ordinal);
        Assert.Null(ProxyTable.Find<IStudio, Double>());
    }

    private static ServiceProvider Parent(ServiceLifetime lifetime = ServiceLifetime.Scoped) =>
        new ServiceCollection().AddSingleton<Made>().AddFlameProxy<IStudio, Studio>(lifetime).BuildServiceProvider(validateScopes: true);

#pragma warning disable FLM0114 // What is refused at compile time is refused at run time too.
    private static void Register<T>(IServiceCollection services) where T : class, IStudio => services.AddFlameProxy<IStudio, T>();
#pragma warning restore FLM0114

    private sealed class Double : IStudio
    {
        public string Name { get; set; } = "double";

        public Task<string> CutAsync(string video, int quality) => Task.FromResult("nothing");

        public Task<string> WhereAsync(IStudio injected) => Task.FromResult("here");

        public IAsyncEnumerable<int> FramesAsync(int count, CancellationToken ct) => AsyncEnumerable.Empty<int>();

        public int Count(string video) => 0;

        public void Dispose()
        {
        }
    }
}
