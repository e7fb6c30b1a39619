using Flame.Backends;

namespace Flame.Fly;

/// <summary>Executors on Fly Machines.</summary>
public static class FlameFlyExtensions
{
    private static readonly OptionTable<FlyOptions> s_table = new OptionTable<FlyOptions>("the Fly backend")
        .Text(nameof(FlyOptions.Token), (o, v) => o.Token = v)
        .Text(nameof(FlyOptions.App), (o, v) => o.App = v)
        .Text(nameof(FlyOptions.Image), (o, v) => o.Image = v)
        .Text(nameof(FlyOptions.ApiHost), (o, v) => o.ApiHost = v)
        .Texts(nameof(FlyOptions.Regions), o => o.Regions)
        .Text(nameof(FlyOptions.CpuKind), (o, v) => o.CpuKind = v)
        .Whole(nameof(FlyOptions.Cpus), (o, v) => o.Cpus = v)
        .Whole(nameof(FlyOptions.MemoryMiB), (o, v) => o.MemoryMiB = v)
        .Map(nameof(FlyOptions.Env), o => o.Env)
        .Map(nameof(FlyOptions.Metadata), o => o.Metadata)
        .Below(nameof(FlyOptions.Init), InitTable(), o => o.Init)
        .Text(nameof(FlyOptions.StopSignal), (o, v) => o.StopSignal = v)
        .Span(nameof(FlyOptions.StopTimeout), (o, v) => o.StopTimeout = v)
        .Flag(nameof(FlyOptions.SkipDnsRegistration), (o, v) => o.SkipDnsRegistration = v)
        .Whole(nameof(FlyOptions.KeepStopped), (o, v) => o.KeepStopped = v)
        .Text(nameof(FlyOptions.LinkAddress), (o, v) => o.LinkAddress = v)
        .Whole(nameof(FlyOptions.LinkPort), (o, v) => o.LinkPort = v)
        .Texts(nameof(FlyOptions.LinkHosts), o => o.LinkHosts)
        .Flag(nameof(FlyOptions.AllowPlainText), (o, v) => o.AllowPlainText = v);

    /// <summary>
    /// Has executors be Fly Machines unless a pool says otherwise. Configuration under <c>Flame:Fly</c>, and for one pool
    /// under <c>Flame:Pools:&lt;name&gt;:Fly</c>, wins over code.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options; on Fly the environment gives all but the token.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder UseFly(this FlameBuilder builder, Action<FlyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, configure, FlyEnvironment.OfThisProcess);
    }

    /// <summary>Lets pools run on Fly where configuration says so, and leaves the default as it is.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options for all pools.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder AddFly(this FlameBuilder builder, Action<FlyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Options(builder, FlyEnvironment.OfThisProcess, isDefault: false).Add(null, isConfiguration: false, configure);
        return builder;
    }

    /// <summary>Declares a pool whose executors are Fly Machines, whatever the default is.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The pool's name.</param>
    /// <param name="configure">Sets the pool's options.</param>
    /// <param name="machine">Sets options of its machines, on top of those for all pools.</param>
    /// <returns>The builder.</returns>
    public static FlameBuilder AddFlyPool(
        this FlameBuilder builder, string name, Action<FlamePoolOptions>? configure = null, Action<FlyOptions>? machine = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Options(builder, FlyEnvironment.OfThisProcess, isDefault: false);
        options.Add(name, isConfiguration: false, machine);
        return builder.AddPool(name, configure, options.Backend);
    }

    internal static FlameBuilder Use(FlameBuilder builder, Action<FlyOptions>? configure, FlyEnvironment fly)
    {
        Options(builder, fly, isDefault: true).Add(null, isConfiguration: false, configure);
        return builder;
    }

    private static BackendOptions<FlyOptions> Options(FlameBuilder builder, FlyEnvironment fly, bool isDefault) =>
        builder.BackendOptions(options => new FlyBackend(options, fly), s_table, isDefault);

    private static OptionTable<FlyInit> InitTable() => new OptionTable<FlyInit>("what a machine starts")
        .Texts(nameof(FlyInit.Exec), o => o.Exec)
        .Texts(nameof(FlyInit.Entrypoint), o => o.Entrypoint)
        .Texts(nameof(FlyInit.Cmd), o => o.Cmd)
        .Texts(nameof(FlyInit.KernelArgs), o => o.KernelArgs)
        .Flag(nameof(FlyInit.Tty), (o, v) => o.Tty = v)
        .Whole(nameof(FlyInit.SwapSizeMiB), (o, v) => o.SwapSizeMiB = v);
}
