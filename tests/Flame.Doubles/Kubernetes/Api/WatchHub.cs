using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flame.Doubles.Kubernetes;

/// <summary>All open watches.</summary>
internal sealed class WatchHub(KubernetesDouble cluster)
{
    private readonly ConcurrentDictionary<WatchStream, byte> _open = [];

    public int Count => _open.Count;

    public void Drop(bool abruptly)
    {
        foreach (var watch in _open.Keys) watch.End(abruptly);
    }

    public void Bookmark()
    {
        foreach (var watch in _open.Keys) watch.WantBookmark();
    }

    public async Task ServeAsync(ApiRequest request)
    {
        var http = request.Http;
        var stopping = cluster.Server.Stopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        if (int.TryParse(request.Query("timeoutSeconds"), CultureInfo.InvariantCulture, out var seconds)) end.CancelAfter(TimeSpan.FromSeconds(seconds));
        var watch = new WatchStream(cluster, request, end);

        // What is wrong with the request is a Status; what is wrong with its revision comes as an event.
        var matches = ObjectReads.Selection(request);
        var revision = ObjectReads.Revision(request);
        http.Response.ContentType = "application/json";
        try
        {
            await watch.RunAsync(matches, revision, opened: () => _open[watch] = 0).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
        catch (ApiError error)
        {
            await watch.SendAsync("ERROR", error.ToStatus()).ConfigureAwait(false);
        }
        finally
        {
            _open.TryRemove(watch, out _);
        }

        if (watch.Cut || stopping.IsCancellationRequested) http.Abort();
    }
}

/// <summary>One watch: a JSON object a line for each change of what its selectors see.</summary>
internal sealed class WatchStream(KubernetesDouble cluster, ApiRequest request, CancellationTokenSource end)
{
    private static readonly byte[] s_line = "\n"u8.ToArray();

    private TaskCompletionSource _bookmark = New();
    private long _seen;

    public bool Cut { get; private set; }

    public void End(bool abruptly)
    {
        Cut = abruptly;
        _ = end.CancelAsync();
    }

    public void WantBookmark() => _bookmark.TrySetResult();

    public async Task RunAsync(Func<JsonObject, bool> matches, long? revision, Action opened)
    {
        var http = request.Http;
        var scope = ObjectReads.Scope(request);
        var initial = revision is null or 0 || request.Query("sendInitialEvents") == "true";
        ObjectStore.Subscription changes;
        IReadOnlyList<JsonObject> present = [];
        if (initial) (present, _seen, changes) = cluster.Store.ListAndSubscribe(request.Kind, scope);
        else (_seen, changes) = (revision!.Value, cluster.Store.Subscribe(revision));
        using var subscription = changes;

        await http.Response.StartAsync(end.Token).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
        opened();
        foreach (var o in present.Where(matches)) await SendAsync("ADDED", o).ConfigureAwait(false);
        if (request.Query("sendInitialEvents") == "true") await BookmarkAsync(initialEnd: true).ConfigureAwait(false);
        var wantsBookmarks = request.Query("allowWatchBookmarks") is "true" or "1";
        var bookmark = false;
        while (true)
        {
            while (changes.Reader.TryRead(out var change))
            {
                // A list and a subscription are one step, so what is not newer was listed.
                if (change.Revision <= _seen) continue;
                _seen = change.Revision;
                if (change.Key.Kind == request.Kind && (scope is null || change.Key.Namespace == scope)) await TellAsync(change, matches).ConfigureAwait(false);
            }

            // Only now: it must not claim less than what had happened when it fell due.
            if (bookmark) await BookmarkAsync(initialEnd: false).ConfigureAwait(false);
            bookmark = false;
            var due = wantsBookmarks ? Task.WhenAny(_bookmark.Task, Task.Delay(cluster.Options.BookmarkInterval, end.Token)) : Task.Delay(Timeout.Infinite, end.Token);
            var more = changes.Reader.WaitToReadAsync(end.Token).AsTask();
            if (await Task.WhenAny(more, due).ConfigureAwait(false) == more)
            {
                if (!await more.ConfigureAwait(false)) return;
                continue;
            }

            end.Token.ThrowIfCancellationRequested();
            _bookmark = New();
            bookmark = true;
        }
    }

    public async Task SendAsync(string type, JsonNode o)
    {
        var body = request.Http.Response.Body;
        await request.Http.Response.WriteAsync(new JsonObject { ["type"] = type, ["object"] = o.Parent is null ? o : o.DeepClone() }.Compact(), request.Http.RequestAborted).ConfigureAwait(false);
        await body.WriteAsync(s_line, request.Http.RequestAborted).ConfigureAwait(false);
        await body.FlushAsync(request.Http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>An object that enters or leaves what the selectors see is added or deleted for this watch.</summary>
    private async Task TellAsync(ObjectChange change, Func<JsonObject, bool> matches)
    {
        var before = change.Before is { } was && matches(was);
        var after = change.Type != "DELETED" && matches(change.Object);
        if (!before && !after) return;
        var o = change.Object.Copy();
        if (!after && change.Type != "DELETED")
        {
            // As it was when it could last be seen, with the revision of what took it away.
            o = change.Before!.Copy();
            o.Branch("metadata")["resourceVersion"] = change.Revision.Text();
        }

        await SendAsync(!before ? "ADDED" : after ? "MODIFIED" : "DELETED", request.WantsTable ? TableView.Of(request.Kind, [o], change.Revision.Text(), cluster.Store.Time) : o).ConfigureAwait(false);
    }

    private async Task BookmarkAsync(bool initialEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = _seen.Text(), ["creationTimestamp"] = null };
        if (initialEnd) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        var o = new JsonObject { ["kind"] = request.Kind.Kind, ["apiVersion"] = request.Kind.ApiVersion, ["metadata"] = metadata };
        if (request.Kind == ResourceKind.Pods) (o["spec"], o["status"]) = (new JsonObject { ["containers"] = null }, new JsonObject());
        await SendAsync("BOOKMARK", o).ConfigureAwait(false);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
