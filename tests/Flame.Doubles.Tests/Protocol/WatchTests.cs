namespace Flame.Doubles.Tests;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_from_a_revision_tells_every_later_change_in_order()
    {
        await using var test = await TestCluster.StartAsync();
        var revision = (await test.GetAsync(TestCluster.Path("secrets"))).Text("metadata", "resourceVersion");
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        await test.PatchAsync("secrets", "s1", JsonNode.Parse("""{"metadata":{"labels":{"a":"b"}}}""")!, "merge-patch");
        await test.DeleteAsync("secrets", "s1");

        var seen = await TakeAsync(test.WatchAsync("secrets", $"resourceVersion={revision}"), 3);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], seen.Select(e => e.Type));
        Assert.Equal("b", seen[2].Object.Text("metadata", "labels", "a"));
        Assert.Equal(seen.OrderBy(e => e.Object.Text("metadata", "resourceVersion")).ToArray(), seen);
    }

    [Fact]
    public async Task A_watch_without_a_revision_begins_with_what_is_there()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        await using var events = test.WatchAsync("secrets").GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("ADDED", "s1"), (events.Current.Type, events.Current.Object.Text("metadata", "name")));
        await test.CreateAsync("secrets", TestCluster.SecretOf("s2"));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("ADDED", "s2"), (events.Current.Type, events.Current.Object.Text("metadata", "name")));
    }

    [Fact]
    public async Task What_enters_or_leaves_the_selector_is_added_or_deleted()
    {
        await using var test = await TestCluster.StartAsync();
        var revision = (await test.GetAsync(TestCluster.Path("secrets"))).Text("metadata", "resourceVersion");
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        foreach (var value in new[] { "yes", "no", "yes" }) await test.PatchAsync("secrets", "s1", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["in"] = value } } }, "merge-patch");
        await test.DeleteAsync("secrets", "s1");
        var seen = await TakeAsync(test.WatchAsync("secrets", $"labelSelector=in%3Dyes&resourceVersion={revision}"), 4);
        Assert.Equal(["ADDED", "DELETED", "ADDED", "DELETED"], seen.Select(e => e.Type));
        Assert.Equal("yes", seen[1].Object.Text("metadata", "labels", "in"));
    }

    [Fact]
    public async Task A_revision_from_before_the_compaction_is_gone()
    {
        await using var test = await TestCluster.StartAsync();
        var revision = (await test.GetAsync(TestCluster.Path("pods"))).Text("metadata", "resourceVersion");
        test.Cluster.Faults.CompactHistory();
        var (type, status) = (await TakeAsync(test.WatchAsync("pods", $"resourceVersion={revision}"), 1))[0];
        Assert.Equal("ERROR", type);
        Assert.Equal((410L, "Expired", "Failure"), (status.Number("code"), status.Text("reason"), status.Text("status")));
        Assert.StartsWith($"too old resource version: {revision} (", status.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bookmark_says_how_far_a_silent_watch_has_come()
    {
        await using var test = await TestCluster.StartAsync();
        await using var events = test.WatchAsync("pods", "allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan").GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("true", events.Current.Object.Text("metadata", "annotations", "k8s.io/initial-events-end"));

        var other = await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        test.Cluster.Faults.SendBookmarks();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("BOOKMARK", events.Current.Type);
        Assert.Equal(other.Text("metadata", "resourceVersion"), events.Current.Object.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task A_watch_ends_when_its_time_is_over_or_the_server_drops_it()
    {
        await using var test = await TestCluster.StartAsync();
        Assert.Empty(await test.WatchAsync("pods", "timeoutSeconds=1").ToListAsync(test.Ct));

        await using var polite = test.WatchAsync("pods", "resourceVersion=5000").GetAsyncEnumerator();
        var next = polite.MoveNextAsync();
        while (test.Cluster.OpenWatches == 0) await Task.Yield();
        test.Cluster.Faults.DropWatches(abruptly: false);
        Assert.False(await next);

        await using var cut = test.WatchAsync("pods", "resourceVersion=5000").GetAsyncEnumerator();
        next = cut.MoveNextAsync();
        while (test.Cluster.OpenWatches == 0) await Task.Yield();
        test.Cluster.Faults.DropWatches();

        // A reset may overtake the answer's first bytes.
        var failure = await Record.ExceptionAsync(async () => await next);
        Assert.True(failure is IOException or HttpRequestException, failure?.ToString());
    }

    private static async Task<List<(string Type, JsonObject Object)>> TakeAsync(IAsyncEnumerable<(string, JsonObject)> events, int count) => await events.Take(count).ToListAsync();
}
