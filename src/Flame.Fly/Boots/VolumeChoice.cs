using System.Collections.Concurrent;
using Flame.Backends;
using Flame.Fly.Machines;

namespace Flame.Fly.Boots;

/// <summary>
/// Finds the volume of one boot: the one that was named by its id, or a free one of the name, or a new one. Boots that run
/// side by side do not choose the same.
/// </summary>
internal sealed class VolumeChoice(FlyRun run, BootRequest request)
{
    private static readonly ConcurrentDictionary<string, byte> s_taken = new();

    private readonly HashSet<string> _avoided = new(StringComparer.Ordinal);
    private string? _taken;

    public async Task<MountConfig?> TakeAsync(string? region, GuestConfig guest, CancellationToken ct)
    {
        if (run.Options.Mounts is not [var mount, ..]) return null;
        if (mount.Volume is not null) return new MountConfig(mount.Volume, mount.Path);
        if (_taken is null)
        {
            var all = await run.Client.VolumesAsync(ct).ConfigureAwait(false);
            _taken = all.Where(v => IsFree(v, mount, region)).Select(v => v.Id).FirstOrDefault(id => s_taken.TryAdd(id, 0))
                ?? await CreateAsync(mount, region, guest, ct).ConfigureAwait(false);
        }

        return new MountConfig(_taken, mount.Path);
    }

    /// <summary>The host of the chosen one is full: another host may not be.</summary>
    public void Avoid()
    {
        if (_taken is not null) _avoided.Add(_taken);
        Release();
    }

    /// <summary>From here on the API tells whose it is.</summary>
    public void Release()
    {
        if (_taken is not null) s_taken.TryRemove(_taken, out _);
        _taken = null;
    }

    private bool IsFree(Volume volume, FlyMount mount, string? region) =>
        volume.Name == mount.Name && string.IsNullOrEmpty(volume.AttachedMachineId) && (region is null || volume.Region == region)
        && volume.State is null or "created" && volume.HostStatus is null or "ok" && !_avoided.Contains(volume.Id);

    private async Task<string> CreateAsync(FlyMount mount, string? region, GuestConfig guest, CancellationToken ct)
    {
        if (mount.SizeGB == 0 || region is null)
            throw new BackendException($"no volume '{mount.Name}' is free in {region ?? "any region"}: make more (fly volumes create {mount.Name}), or set SizeGB and Regions so that they are made");
        var made = await run.Client.CreateVolumeAsync(new VolumeRequest(mount.Name!, region, mount.SizeGB, guest), request.Report, ct).ConfigureAwait(false);
        s_taken.TryAdd(made.Id, 0);
        return made.Id;
    }
}
