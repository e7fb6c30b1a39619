using System.Net;

namespace Flame.Doubles.Tests;

public sealed class ApiFaultTests
{
    [Fact]
    public async Task A_throttled_request_is_told_when_to_come_again()
    {
        await using var test = await TestCluster.StartAsync();
        test.Cluster.Faults.Throttle(retryAfterSeconds: 3, when: r => r.Verb == "create");
        await test.GetAsync(TestCluster.Path("pods"));
        using var refused = await test.Http.PostAsync(TestCluster.Path("secrets"), new StringContent(TestCluster.SecretOf("s").ToJsonString()), test.Ct);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(3)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        await test.CreateAsync("secrets", TestCluster.SecretOf("s"));
    }

    [Fact]
    public async Task A_lost_answer_is_a_deed_done()
    {
        await using var test = await TestCluster.StartAsync();
        test.Cluster.Faults.LoseAnswer(r => r.Verb == "create");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => test.CreateAsync("secrets", TestCluster.SecretOf("s")));
        await test.CreateAsync("secrets", TestCluster.SecretOf("s"), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_held_request_waits_until_it_is_released()
    {
        await using var test = await TestCluster.StartAsync();
        var hold = test.Cluster.Faults.Hold(r => r.Verb == "create");
        var creating = test.CreateAsync("secrets", TestCluster.SecretOf("s"));
        await test.GetAsync(TestCluster.Path("secrets", "s"), HttpStatusCode.NotFound);
        hold.Dispose();
        await creating;
    }

    [Fact]
    public async Task A_server_that_is_down_refuses_and_comes_back_with_everything_at_the_same_place()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("pods", TestCluster.PodOf("p"));
        var revision = (await test.RunningAsync("p")).Text("metadata", "resourceVersion");
        await using var events = test.WatchAsync("pods", $"resourceVersion={revision}").GetAsyncEnumerator();
        var next = events.MoveNextAsync();
        while (test.Cluster.OpenWatches == 0) await Task.Yield();

        await test.Cluster.Faults.ApiDownAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await next);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => test.GetAsync(TestCluster.Path("pods")));
        test.Cluster.Faults.RunOutOfMemory("p");
        await test.EndedAsync("p");
        await test.Cluster.Faults.ApiUpAsync();
        await using var later = test.WatchAsync("pods", $"resourceVersion={revision}").GetAsyncEnumerator();
        Assert.True(await later.MoveNextAsync());
        Assert.Equal("Failed", later.Current.Object.Text("status", "phase"));

        using (test.Cluster.Faults.Unavailable()) Assert.Equal("ServiceUnavailable", (await test.GetAsync(TestCluster.Path("pods"), HttpStatusCode.ServiceUnavailable)).Text("reason"));
        await test.GetAsync(TestCluster.Path("pods"));
    }

    [Fact]
    public async Task A_token_that_was_rotated_away_is_nobodys()
    {
        await using var test = await TestCluster.StartAsync();
        var folder = test.Cluster.ServiceAccountFolder();
        var token = test.Cluster.RotateToken();
        Assert.Equal(token, await File.ReadAllTextAsync(Path.Combine(folder, "token"), test.Ct));
        Assert.Equal("Unauthorized", (await test.GetAsync(TestCluster.Path("pods"), HttpStatusCode.Unauthorized)).Text("message"));
    }

    [Fact]
    public async Task What_is_not_allowed_is_forbidden_by_name()
    {
        await using var test = await TestCluster.StartAsync();
        test.Cluster.Rights = new AccessRights().Allow("", "pods", "get", "create");
        await test.CreateAsync("pods", TestCluster.PodOf("p"));
        var status = await test.DeleteAsync("pods", "p", expect: HttpStatusCode.Forbidden);
        Assert.Equal("pods \"p\" is forbidden: User \"system:serviceaccount:default:default\" cannot delete resource \"pods\" in API group \"\" in the namespace \"default\"", status.Text("message"));
        Assert.Equal("delete pods default/p", test.Cluster.Requests[^1].ToString());
    }
}
