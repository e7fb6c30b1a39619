using System.Globalization;
using System.Security.Cryptography;
using Flame.Backends;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>The machine that one boot asks for: the same name and mark at every try, so that none makes a second one.</summary>
internal sealed class MachinePlan
{
    private readonly FlyRun _run;
    private readonly BootRequest _request;

    public MachinePlan(FlyRun run, BootRequest request)
    {
        _run = run;
        _request = request;
        Guest = FlyGuest.Of(run.Options, request.Resources);
        Rename();
    }

    public GuestConfig Guest { get; }

    /// <summary>The mark of this boot.</summary>
    public string Attempt { get; private set; } = "";

    public string Name => $"{_run.Client.App}-flame-{Attempt}";

    /// <summary>A volume that was taken for it.</summary>
    public MountConfig? Mount { get; set; }

    /// <summary>Takes another name: this one is somebody else's.</summary>
    public void Rename() => Attempt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    public MachineRequest Create(string? region) => new(Config()) { Name = Name, Region = region };

    /// <summary>The same for a machine that is there already, with the volume that it has.</summary>
    public MachineRequest Update(Machine machine) => new(Config() with { Mounts = machine.Config?.Mounts is { Count: > 0 } mounts ? mounts : null }) { CurrentVersion = machine.InstanceId, SkipLaunch = true };

    private MachineConfig Config()
    {
        var options = _run.Options;
        return new MachineConfig(_run.Image, Guest)
        {
            Env = Env(),
            Metadata = Metadata(),
            Init = Init(options.Init),

            // One that is kept is not to be destroyed by itself.
            AutoDestroy = options.KeepStopped == 0,
            StopConfig = new StopConfig(options.StopSignal, string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling((options.StopTimeout ?? _request.ShutdownTimeout).TotalSeconds):0}s")),
            Mounts = Mount is null ? null : [Mount],
            Services = options.Services.Count == 0 ? null : [.. options.Services.Select(Service)],
            Dns = options.SkipDnsRegistration ? new DnsConfig(true) : null,
        };
    }

    private SortedDictionary<string, string> Env()
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in _run.Inherited) env[name] = value;
        foreach (var (name, value) in _run.Options.Env) env[name] = value;
        env[FlameParent.Variable] = _request.ParentVariable;
        return env;
    }

    private SortedDictionary<string, string> Metadata()
    {
        var parent = _run.Parent;
        var marks = new SortedDictionary<string, string>(_run.Options.Metadata, StringComparer.Ordinal)
        {
            [FlyMarks.Runtime] = FlyMarks.RuntimeValue,
            [FlyMarks.Parent] = parent.Host,
            [FlyMarks.ParentProcess] = parent.Process,
            [FlyMarks.Run] = _run.Id,
            [FlyMarks.Pool] = _request.Pool,
            [FlyMarks.Executor] = _request.Executor,
            [FlyMarks.Attempt] = Attempt,
            [FlyMarks.Build] = FlyRun.Build,
            [FlyMarks.Image] = _run.Image,
        };
        if (parent.Ip is not null) marks[FlyMarks.ParentIp] = parent.Ip;
        if (parent.App is not null) marks[FlyMarks.ParentApp] = parent.App;
        if (_run.Options.KeepStopped > 0) marks[FlyMarks.Keep] = FlyMarks.Yes;
        return marks;
    }

    private static InitConfig? Init(FlyInit init) => new InitConfig
    {
        Exec = Some(init.Exec),
        Entrypoint = Some(init.Entrypoint),
        Cmd = Some(init.Cmd),
        KernelArgs = Some(init.KernelArgs),
        Tty = init.Tty,
        SwapSizeMb = init.SwapSizeMiB,
    } is var config && config == new InitConfig() ? null : config;

    private static IList<string>? Some(IList<string> list) => list.Count == 0 ? null : list;

    private static ServiceConfig Service(FlyService service) => new(service.Protocol, service.InternalPort,
    [
        new PortConfig(service.Port, Some(service.Handlers))
        {
            HttpOptions = service.Http2 ? new HttpConfig(true) : null,
            TlsOptions = service.Http2 ? new TlsConfig(["h2", "http/1.1"]) : null,
        },
    ]);
}
