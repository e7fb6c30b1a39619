using System.Diagnostics;
using Flame.Executor.Tests.InProcess;

namespace Flame.Executor.Tests.Telemetry;

/// <summary>One trace for a call, from its caller to the spans of the method on its executor.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task One_trace_leads_from_the_caller_through_queue_and_boot_to_the_spans_of_the_method()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        Assert.NotNull(await pool.Pools.CallAsync("test", static () => Spans.InSpan("inner")));
        var (inner, execution, boot, queue) = (await spans.OneAsync("inner"), await spans.OneAsync("execution"), await spans.OneAsync("flame.boot"), await spans.OneAsync("flame.queue"));
        var call = spans.Ended.Single(span => span.Kind == ActivityKind.Client);
        Assert.Equal(spans.Root.SpanId, call.ParentSpanId);
        Assert.Equal(call.SpanId, queue.ParentSpanId);
        Assert.Equal(call.SpanId, boot.ParentSpanId);
        Assert.Equal(boot.SpanId, queue.Links.Single().Context.SpanId);
        Assert.Equal((call.SpanId, ActivityKind.Server), (execution.ParentSpanId, execution.Kind));
        Assert.Equal(execution.SpanId, inner.ParentSpanId);
        Assert.Equal("flame", call.GetTagItem("rpc.system.name"));
        Assert.Equal(call.DisplayName, call.GetTagItem("rpc.method"));
        Assert.Equal("test/1", call.GetTagItem("flame.executor"));
        Assert.Equal("test/1", execution.GetTagItem("flame.executor"));
        Assert.Equal(["enter"], boot.Events.Select(part => (string?)part.Tags.First().Value));
    }

    [Fact]
    public async Task Callers_current_span_stays_its_own()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        var call = Work.SquareAsync(3, InProcessPool.Patience);
        Assert.Same(spans.Root, Activity.Current);
        Assert.Equal(9, await call);
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task Call_that_finds_a_free_executor_has_no_wait_in_its_trace()
    {
        await using var pool = InProcessPool.Start();
        await Work.SquareAsync(3, InProcessPool.Patience);
        await pool.UntilAsync(stats => stats.Running == 0);
        using var spans = new Spans();
        await Work.SquareAsync(3, InProcessPool.Patience);
        await spans.OneAsync("execution");
        Assert.Equal(2, spans.Ended.Count());
    }

    [Fact]
    public async Task Failure_is_on_both_spans_by_the_type_that_the_method_threw()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        await Assert.ThrowsAsync<InvalidDataException>(() => Work.FailAsync("no"));
        var (call, execution) = (spans.Ended.Single(span => span.Kind == ActivityKind.Client), await spans.OneAsync("execution"));
        Assert.All([call, execution], span => Assert.Equal(("System.IO.InvalidDataException", ActivityStatusCode.Error), (span.GetTagItem("error.type"), span.Status)));
        Assert.Equal("failed", call.GetTagItem("flame.call.outcome"));
        Assert.Equal("exception", execution.Events.Single().Name);
    }

    [Fact]
    public async Task Span_of_a_stream_ends_behind_its_last_item()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        await foreach (var item in Work.CountAsync(3, InProcessPool.Patience)) Assert.Equal(item == 0 ? 0 : 1, Math.Sign(item));
        var execution = await spans.OneAsync("execution");
        Assert.Equal((await spans.OneAsync((string)execution.GetTagItem("rpc.method")!)).SpanId, execution.ParentSpanId);
    }

    [Fact]
    public async Task Stream_that_is_left_early_has_ended_for_its_trace_too()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        await foreach (var _ in Work.CountAsync(int.MaxValue, InProcessPool.Patience)) break;
        var execution = await spans.OneAsync("execution");
        Assert.Equal("System.OperationCanceledException", execution.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Casts_and_spawned_calls_are_in_their_callers_trace_though_nobody_waits()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        await pool.Pools.CastAsync("test", static () => Spans.InSpan("cast"));
        Assert.Equal(16, await Work.Spawn.SquareAsync(4, InProcessPool.Patience));
        await spans.OneAsync("cast");
        Assert.Equal(2, (await spans.ManyAsync("execution", 2)).Length);
        Assert.All(spans.Ended.Where(span => span.Kind == ActivityKind.Client), call => Assert.Equal(spans.Root.SpanId, call.ParentSpanId));
    }

    [Fact]
    public async Task Every_call_of_a_map_is_a_span_of_its_own_under_who_began_it()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        await foreach (var _ in pool.Pools.MapAsync("test", Enumerable.Range(1, 5), static x => x * x)) GC.KeepAlive(_);
        Assert.Equal(5, (await spans.ManyAsync("execution", 5)).Select(span => span.ParentSpanId).Distinct().Count());
    }

    [Fact]
    public async Task Batch_is_linked_with_each_of_its_callers()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        var calls = new List<Task>();
        var callers = new List<ActivitySpanId>();
        for (var i = 0; i < 4; i++)
        {
            using var caller = spans.Root.Source.StartActivity("caller");
            callers.Add(caller!.SpanId);
            calls.Add(Batches.Batched.SizeAsync(i, InProcessPool.Patience));
        }

        await Task.WhenAll(calls);
        var batch = spans.Ended.Single(span => span.Kind == ActivityKind.Client);
        Assert.Equal(callers, batch.Links.Select(link => link.Context.SpanId));
        Assert.Equal(callers[0], batch.ParentSpanId);
    }

    [Fact]
    public async Task Call_of_a_placed_object_hangs_under_its_caller_and_not_under_who_placed_it()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        var name = Guid.NewGuid().ToString();
        await using var account = await pool.Pools.PlaceAsync("test", () => new Account(name, 1));
        ActivitySpanId caller;
        using (var asks = spans.Root.Source.StartActivity("asks"))
        {
            caller = asks!.SpanId;
            Assert.Equal(2, await account.Add(1));
        }

        var execution = await spans.OneAsync("execution");
        var call = spans.Ended.Single(span => span.SpanId == execution.ParentSpanId);
        Assert.Equal(caller, call.ParentSpanId);
    }

    [Fact]
    public async Task Baggage_of_the_caller_is_there_for_the_method()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        spans.Root.AddBaggage("tenant", "seven");
        Assert.Equal("seven", await pool.Pools.CallAsync("test", static () => Activity.Current?.GetBaggageItem("tenant")));
    }

    [Fact]
    public async Task Baggage_that_is_too_large_stays_at_home_and_the_trace_goes_on()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        spans.Root.AddBaggage("large", new string('x', 9_000));
        Assert.Null(await pool.Pools.CallAsync("test", static () => Activity.Current?.GetBaggageItem("large")));
        await spans.OneAsync("execution");
    }

    [Fact]
    public async Task Method_that_ignores_its_token_has_an_end_in_the_trace()
    {
        await using var pool = InProcessPool.Start();
        using var spans = new Spans();
        using var cancel = new CancellationTokenSource();
        var call = pool.Pools.CallAsync("test", static async () => await Task.Delay(Timeout.Infinite), cancel.Token);
        await pool.UntilAsync(stats => stats.Running == 1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("cancelled", spans.Ended.Single(span => span.Kind == ActivityKind.Client).GetTagItem("flame.call.outcome"));
        while (!spans.Ended.Any(span => span.DisplayName == "execution"))
        {
            InProcessPool.Patience.ThrowIfCancellationRequested();
            pool.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
