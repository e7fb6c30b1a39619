using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Flame.Doubles.Kubernetes;

internal sealed record ObjectKey(ResourceKind Kind, string Namespace, string Name)
{
    public static ObjectKey Pod(string ns, string name) => new(ResourceKind.Pods, ns, name);

    public static ObjectKey Of(ResourceKind kind, JsonObject o) => new(kind, o.Text("metadata", "namespace") ?? "", o.Text("metadata", "name") ?? "");
}

/// <summary>One write. The objects are never changed again.</summary>
internal sealed record ObjectChange(long Revision, string Type, ObjectKey Key, JsonObject Object, JsonObject? Before);

/// <summary>What etcd is to the API: all objects, one counter of writes, and a history that reaches back to the last compaction.</summary>
internal sealed class ObjectStore(TimeProvider time)
{
    // A cluster never begins at 1, and a client that believes so is wrong.
    private const long FirstRevision = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, JsonObject> _objects = [];
    private readonly List<ObjectChange> _history = [];
    private readonly List<Channel<ObjectChange>> _subscribers = [];
    private long _revision = FirstRevision;
    private long _compacted = FirstRevision;

    public TimeProvider Time => time;

    public long Revision => Locked(() => _revision);

    public JsonObject? Get(ObjectKey key) => Locked(() => _objects.GetValueOrDefault(key)?.Copy());

    public bool Has(string uid) => Locked(() => _objects.Values.Any(o => o.Text("metadata", "uid") == uid));

    /// <summary>In the order of namespaces and names, with the revision at which they were so.</summary>
    public (IReadOnlyList<JsonObject> Items, long Revision) List(ResourceKind kind, string? ns = null) => Locked(() => (Sorted(kind, ns), _revision));

    public IReadOnlyList<(ObjectKey Key, JsonObject Object)> Everything() => Locked(() => _objects.Select(o => (o.Key, o.Value)).ToArray());

    public JsonObject Create(ObjectKey key, JsonObject o)
    {
        lock (_lock)
        {
            if (_objects.ContainsKey(key)) throw ApiError.AlreadyExists(key.Kind, key.Name);
            var metadata = o.Branch("metadata");
            metadata["name"] = key.Name;
            if (key.Kind.Namespaced) metadata["namespace"] = key.Namespace;
            metadata.Default("uid", Guid.NewGuid().ToString());
            metadata["creationTimestamp"] = time.GetUtcNow().Rfc3339();
            return Write("ADDED", key, o, null);
        }
    }

    /// <summary>Reads, changes and writes as one step. Null removes the object; a change that changes nothing is not a write.</summary>
    public JsonObject Change(ObjectKey key, Func<JsonObject, JsonObject?> change)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(key, out var before)) throw ApiError.NotFound(key.Kind, key.Name);
            var after = change(before.Copy());
            if (after is null) return RemoveLocked(key, before);
            after = after.Copy();
            after.Branch("metadata")["resourceVersion"] = before.Text("metadata", "resourceVersion");
            return JsonNode.DeepEquals(before, after) ? before.Copy() : Write("MODIFIED", key, after, before);
        }
    }

    /// <summary>As <see cref="Change"/>, of one that may be gone or another of the same name: then nothing happens.</summary>
    public bool TryChange(ObjectKey key, string? uid, Func<JsonObject, JsonObject?> change)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(key, out var o) || (uid is not null && o.Text("metadata", "uid") != uid)) return false;
            Change(key, change);
            return true;
        }
    }

    /// <summary>All changes after a revision, those that come included.</summary>
    public Subscription Subscribe(long? after = null)
    {
        lock (_lock)
        {
            if (after < _compacted) throw ApiError.Expired(after.Value, _compacted);
            var channel = Channel.CreateUnbounded<ObjectChange>();
            if (after is { } since) foreach (var change in _history.Where(c => c.Revision > since)) channel.Writer.TryWrite(change);
            _subscribers.Add(channel);
            return new Subscription(this, channel);
        }
    }

    /// <summary>The present objects and all changes from there on.</summary>
    public (IReadOnlyList<JsonObject> Items, long Revision, Subscription Changes) ListAndSubscribe(ResourceKind kind, string? ns)
    {
        lock (_lock) return (Sorted(kind, ns), _revision, Subscribe());
    }

    /// <summary>Forgets the history: older revisions are answered with 410 from now on.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            // What is not the newest is gone, so that even the last client's revision is too old after the next write.
            _compacted = ++_revision;
            _history.Clear();
        }
    }

    public void EnsureNotCompacted(long revision)
    {
        lock (_lock)
        {
            if (revision < _compacted) throw ApiError.Expired(revision, _compacted);
        }
    }

    private JsonObject[] Sorted(ResourceKind kind, string? ns) =>
        [.. _objects.Where(o => o.Key.Kind == kind && (ns is null || o.Key.Namespace == ns)).OrderBy(o => o.Key.Namespace, StringComparer.Ordinal).ThenBy(o => o.Key.Name, StringComparer.Ordinal).Select(o => o.Value.Copy())];

    private JsonObject Write(string type, ObjectKey key, JsonObject o, JsonObject? before)
    {
        o = o.Copy();
        o.Branch("metadata")["resourceVersion"] = (++_revision).Text();
        _objects[key] = o;
        Publish(new ObjectChange(_revision, type, key, o, before));
        return o.Copy();
    }

    private JsonObject RemoveLocked(ObjectKey key, JsonObject before)
    {
        _objects.Remove(key);
        var last = before.Copy();
        last.Branch("metadata")["resourceVersion"] = (++_revision).Text();
        Publish(new ObjectChange(_revision, "DELETED", key, last, before));
        return last.Copy();
    }

    private void Publish(ObjectChange change)
    {
        _history.Add(change);
        foreach (var subscriber in _subscribers) subscriber.Writer.TryWrite(change);
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock) return read();
    }

    internal sealed class Subscription(ObjectStore store, Channel<ObjectChange> channel) : IDisposable
    {
        public ChannelReader<ObjectChange> Reader => channel.Reader;

        public void Dispose()
        {
            lock (store._lock) store._subscribers.Remove(channel);
            channel.Writer.TryComplete();
        }
    }
}
