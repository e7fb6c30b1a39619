using System.Threading.Channels;

namespace Flame.Doubles.Kubernetes;

/// <summary>Deletes, in the background, what has owners of which none is left. An owner is known by its uid: another object of the same name is not it.</summary>
internal sealed class GarbageCollector(ObjectStore store) : BackgroundLoop(store)
{
    protected override async Task RunAsync(ChannelReader<ObjectChange> changes, CancellationToken ct)
    {
        Collect();
        while (await changes.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            while (changes.TryRead(out _))
            {
            }

            Collect();
        }
    }

    private void Collect()
    {
        var all = Store.Everything();
        var alive = all.Select(o => (o.Object.Text("metadata", "uid"), o.Key.Namespace)).ToHashSet();
        foreach (var (key, o) in all)
        {
            var owners = o.Items("metadata", "ownerReferences");
            if (owners.Length == 0 || o.Text("metadata", "deletionTimestamp") is not null) continue;

            // An owner in another namespace does not count; one without a namespace (a node) does.
            if (owners.Any(owner => alive.Contains((owner.Text("uid"), key.Namespace)) || alive.Contains((owner.Text("uid"), "")))) continue;
            Store.TryChange(key, o.Text("metadata", "uid"), present => Deletion.Begin(Store.Time, key.Kind, present, null));
        }
    }
}
