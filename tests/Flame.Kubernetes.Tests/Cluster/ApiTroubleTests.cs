namespace Flame.Kubernetes.Tests.Cluster;

/// <summary>The API server is away, busy, forgetful or unclear: no call fails for it, no pod is made twice, no news is missed.</summary>
public sealed class ApiTroubleTests : ClusterTests
{
    [Fact]
    public async Task While_the_api_server_is_away_for_ten_seconds_calls_go_on_and_boots_wait_for_it()
    {
        // The time itself is the fault: long enough for every pause between two tries to be at its longest.
        var away = TimeSpan.FromSeconds(10);
        using var gate = new Gate();
        await using var pools = await AsPodAsync(p => p.Max = 2);
        var first = Gates.PassAsync(gate.Port, Ct);
        var inFirst = await gate.NextAsync();

        await Cluster.Faults.ApiDownAsync();
        var back = Task.Delay(away, Ct);
        var second = Gates.PassAsync(gate.Port, Ct);
        inFirst.LetGo();
        Assert.Equal(inFirst.Process, await first.Patiently());
        var third = Gates.PassAsync(gate.Port, Ct);
        await Log.WhenAsync("FLM3030");
        await back;
        await Cluster.Faults.ApiUpAsync();

        foreach (var visitor in await gate.NextAsync(2)) visitor.LetGo();
        Assert.Equal(2, (await Task.WhenAll(second, third).Patiently()).Distinct().Count());
        Assert.DoesNotContain(Log.Lines, l => l.Text.Contains("FLM3003", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dropped")]
    [InlineData("ended")]
    [InlineData("compacted")]
    [InlineData("away")]
    public async Task What_happened_while_the_watch_was_broken_is_not_missed(string how)
    {
        using var gate = new Gate();
        await using var pools = await AsPodAsync();
        var call = Gates.PassAsync(gate.Port, Ct);
        await gate.NextAsync();
        var pod = Name(Pods[0]);
        Cluster.Faults.LoseNode();

        // Nothing is seen of the pod until the list, or the next watch, is let through; and then it is no more.
        using (Cluster.Faults.Hold(r => r.Kind == ResourceKind.Pods && r.Verb is "list" or "watch"))
        {
            if (how == "away") await Cluster.Faults.ApiDownAsync();
            else Cluster.Faults.DropWatches(abruptly: how != "ended");
            Cluster.Delete(ResourceKind.Pods, pod, gracePeriodSeconds: 0);
            if (how == "compacted") Cluster.Faults.CompactHistory();
            if (how == "away") await Cluster.Faults.ApiUpAsync();
            Assert.False(call.IsCompleted);
        }

        var error = await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently());
        Assert.Contains($"pod {pod} was deleted from the cluster", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_was_broken_while_nothing_happened_hears_what_comes_next()
    {
        using var gate = new Gate();
        await using var pools = await AsPodAsync();
        var call = Gates.PassAsync(gate.Port, Ct);
        await gate.NextAsync();
        Cluster.Faults.CompactHistory();
        Cluster.Faults.DropWatches(abruptly: false);
        await UntilAskedAsync("watch pods", 2);
        Cluster.Faults.DropWatches(abruptly: true);
        Cluster.Faults.RunOutOfMemory(Name(Pods[0]));
        Assert.Matches("OOMKilled", (await Assert.ThrowsAsync<ExecutorLostException>(() => call.Patiently())).Reason);
    }

    [Theory]
    [InlineData("create pods")]
    [InlineData("create secrets")]
    [InlineData("patch pods")]
    [InlineData("delete pods")]
    public async Task A_lost_answer_makes_nothing_twice(string request)
    {
        await using (await AsPodAsync())
        {
            Cluster.Faults.LoseAnswer(Is(request));
            await Deeds.ProcessAsync().Patiently();
            Assert.Single(Pods);
            Assert.Single(Cluster.Secrets);
        }

        Assert.True(Cluster.Requests.Count(r => $"{r.Verb} {r.Resource}" == request && r.Query("dryRun") is null) >= 2);
        Assert.DoesNotContain(Log.Lines, l => l.EventId is 3003 or 3032);
    }

    [Theory]
    [InlineData("create pods")]
    [InlineData("create secrets")]
    [InlineData("patch pods")]
    [InlineData("delete pods")]
    public async Task What_may_pass_is_tried_again_until_it_does(string request)
    {
        await using (await AsPodAsync())
        {
            Cluster.Faults.Throttle(when: Is(request));
            Cluster.Faults.Fail(500, "InternalError", "etcdserver: leader changed", times: 2, Is(request));
            Cluster.Faults.Fail(504, "Timeout", "request did not complete within the allotted timeout", when: Is(request));
            Cluster.Faults.Fail(409, "Conflict", "Operation cannot be fulfilled on resourcequotas \"all\": the object has been modified; please apply your changes to the latest version and try again", when: Is(request));
            await Deeds.ProcessAsync().Patiently();
        }

        Assert.True(Cluster.Requests.Count(r => $"{r.Verb} {r.Resource}" == request && r.Query("dryRun") is null) >= 6);
        Assert.DoesNotContain(Log.Lines, l => l.EventId is 3003 or 3032);
    }

    [Fact]
    public async Task A_server_that_asks_for_time_gets_it()
    {
        await using var pools = await AsPodAsync();
        Cluster.Faults.Throttle(retryAfterSeconds: 1, when: Is("create pods"));
        var call = Deeds.ProcessAsync();
        await UntilAskedAsync("create pods");
        var asked = TimeProvider.System.GetTimestamp();
        await UntilAskedAsync("create pods", 2);

        // Its own first pause would be a tenth of that.
        Assert.True(TimeProvider.System.GetElapsedTime(asked) > TimeSpan.FromSeconds(0.5));
        await call.Patiently();
    }

    [Fact]
    public async Task A_quota_that_is_used_up_fails_a_boot_and_not_for_good()
    {
        await using var pools = await AsPodAsync();
        Cluster.Faults.Fail(403, "Forbidden", "pods \"x\" is forbidden: exceeded quota: all, requested: pods=1, used: pods=10, limited: pods=10", when: Is("create pods"));
        await Deeds.ProcessAsync().Patiently();
        Assert.Contains("could not be created: pods \"x\" is forbidden: exceeded quota", (await Log.WhenAsync("FLM3003")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_that_is_taken_away_fails_the_boot_for_good()
    {
        await using var pools = await AsPodAsync();
        Cluster.Rights = new AccessRights().Allow("", "pods", "*");
        var error = await Assert.ThrowsAsync<BootFailedException>(() => Deeds.ProcessAsync().Patiently());
        Assert.Equal(1, error.Attempts);
        Assert.Contains("User \"system:serviceaccount:apps:default\" cannot create resource \"secrets\"", error.Message, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    private static Func<ApiRequest, bool> Is(string request) => r => $"{r.Verb} {r.Resource}" == request;
}
