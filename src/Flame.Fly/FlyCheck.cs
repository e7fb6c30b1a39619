using System.Globalization;
using System.Net;
using Flame.Backends;
using Flame.Fly.Machines;

namespace Flame.Fly;

/// <summary>Checks what was set for Fly before anything boots, and says everything that is wrong.</summary>
internal sealed class FlyCheck(FlyOptions options, FlyEnvironment fly, string path)
{
    private static readonly string[] s_signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM"];

    private readonly List<string> _problems = [];

    /// <summary>What is wrong whatever the pool asks for.</summary>
    public IReadOnlyList<string> Problems()
    {
        _problems.Clear();
        CheckAccess();
        CheckLink();
        CheckRest();
        CheckMounts();
        return [.. _problems];
    }

    /// <summary>What does not go with this pool.</summary>
    public IReadOnlyList<string> ProblemsOf(BackendPool pool)
    {
        _problems.Clear();
        _problems.AddRange(FlyGuest.Problems(options, path, pool.Name, pool.Options.Resources));
        if (options.Mounts is [{ Volume: not null }] && pool.Options.Max > 1)
            Say("FLM1125", "Mounts:0:Volume", $"one volume belongs to one machine, and pool '{pool.Name}' has Max {pool.Options.Max}. Set Name instead, so that each machine takes a free volume of that name, or Flame:Pools:{pool.Name}:Max to 1");
        return [.. _problems];
    }

    private void CheckAccess()
    {
        if ((options.Token ?? fly.Token) is not { Length: > 0 } token)
            Say("FLM1120", nameof(options.Token), $"no API token. Set the environment variable {FlyEnvironment.TokenVariable} (fly secrets set {FlyEnvironment.TokenVariable}=\"$(fly tokens create deploy)\") or FlyOptions.Token");
        else if (FlyToken.Parse(token) is null)
            Say("FLM1120", nameof(options.Token), "what is set is no API token: it is empty behind its scheme, or holds characters that no header can carry");
        if ((options.App ?? fly.App) is not { Length: > 0 })
            Say("FLM1121", nameof(options.App), $"no application. On Fly the environment variable {FlyEnvironment.AppVariable} names it; elsewhere set FlyOptions.App");
        if ((options.Image ?? fly.Image) is not { Length: > 0 })
            Say("FLM1122", nameof(options.Image), $"no image. On Fly the environment variable {FlyEnvironment.ImageVariable} names the parent's own; elsewhere set FlyOptions.Image to one that holds this build");
        if (Host(options.ApiHost) is null)
            Say("FLM1127", nameof(options.ApiHost), $"'{options.ApiHost}' is no address that a token may be sent to: https://…, or http://… to loopback or a name under .internal");
    }

    private void CheckLink()
    {
        if ((options.LinkAddress ?? fly.PrivateIp) is not { } address)
            Say("FLM1126", nameof(options.LinkAddress), $"executors would not find this parent: the environment variable {FlyEnvironment.PrivateIpVariable} is not set, so this is no machine on Fly. Set LinkAddress, and LinkHosts where it is not what they dial, to this host's address in the private network (fly wireguard create)");
        else if (!IPAddress.TryParse(address, out var parsed))
            Say("FLM1126", nameof(options.LinkAddress), $"'{address}' is no IP address");
        else if (options.LinkHosts.Count == 0 && (parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any)))
            Say("FLM1126", nameof(options.LinkHosts), $"{address} can be bound and not dialled: name the addresses under which executors find this parent");
        if (options.LinkPort is < 0 or > 65_535) Say("FLM1128", nameof(options.LinkPort), Text($"{options.LinkPort} is not between 0 and 65535"));
        foreach (var host in options.LinkHosts.Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown)) Say("FLM1126", nameof(options.LinkHosts), $"'{host}' is neither a name nor an address");
    }

    private void CheckRest()
    {
        if (!s_signals.Contains(options.StopSignal)) Say("FLM1128", nameof(options.StopSignal), $"'{options.StopSignal}' is none of {string.Join(", ", s_signals)}");
        if (options.StopTimeout is { } stop && (stop <= TimeSpan.Zero || stop.Ticks % TimeSpan.TicksPerSecond != 0)) Say("FLM1128", nameof(options.StopTimeout), Text($"{stop} is no positive number of whole seconds"));
        if (options.KeepStopped is < 0 or > 1000) Say("FLM1128", nameof(options.KeepStopped), Text($"{options.KeepStopped} is not between 0 and 1000"));
        if (options.Env.ContainsKey(FlameParent.Variable)) Say("FLM1128", $"{nameof(options.Env)}:{FlameParent.Variable}", "each executor gets its own");
        foreach (var key in options.Metadata.Keys.Where(key => key.StartsWith("flame_", StringComparison.Ordinal))) Say("FLM1128", $"{nameof(options.Metadata)}:{key}", "keys that begin with flame_ are Flame's own");
        foreach (var region in options.Regions.Where(region => string.IsNullOrEmpty(region) || !region.All(char.IsAsciiLetterOrDigit))) Say("FLM1128", nameof(options.Regions), $"'{region}' is no region: three letters, as ams");
        foreach (var (index, service) in options.Services.Index().Where(s => s.Item.Protocol is not ("tcp" or "udp") || s.Item.InternalPort is < 1 or > 65_535 || s.Item.Port is < 1 or > 65_535))
            Say("FLM1128", Text($"{nameof(options.Services)}:{index}"), Text($"'{service.Protocol}' must be tcp or udp, and the ports {service.InternalPort} and {service.Port} between 1 and 65535"));
    }

    private void CheckMounts()
    {
        if (options.Mounts.Count > 1) Say("FLM1125", nameof(options.Mounts), Text($"a machine on Fly can have one volume, and here are {options.Mounts.Count}"));
        foreach (var (index, mount) in options.Mounts.Index())
        {
            var at = Text($"{nameof(options.Mounts)}:{index}");
            if (!mount.Path.StartsWith('/')) Say("FLM1125", at + ":Path", $"'{mount.Path}' is not absolute");
            if (mount.Volume is null == mount.Name is null) Say("FLM1125", at, "set either Volume, the id of one volume, or Name, the name that free volumes have");
            if (mount.SizeGB is < 0 or > 500) Say("FLM1125", at + ":SizeGB", Text($"{mount.SizeGB} is not between 0 and 500"));
        }
    }

    /// <summary>The API's address, where a token may be sent to it.</summary>
    public static Uri? Host(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var host) && host.UserInfo.Length == 0
        && (host.Scheme == Uri.UriSchemeHttps || (host.Scheme == Uri.UriSchemeHttp && (host.IsLoopback || host.Host.EndsWith(".internal", StringComparison.Ordinal))))
            ? host : null;

    private void Say(string id, string option, string words) => _problems.Add($"{id}: {path}:{option} — {words}.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
