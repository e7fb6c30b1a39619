using OpenTelemetry.Exporter;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flame.Diagnostics.Tests;

/// <summary>What executors, real processes without an exporter of their own, bring to the collector of their parent.</summary>
public sealed class ExportTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task One_trace_of_two_processes_arrives_at_the_collector(OtlpExportProtocol protocol)
    {
        await using var receiver = await Receiver.StartAsync(protocol);
        using (var host = TracedProgram.Build(receiver.Address, protocol))
        {
            await host.StartAsync(Patience);
            using (TracedProgram.Source.StartActivity("outer")) Assert.NotEqual(Environment.ProcessId, await Traced.WorkAsync(7));
            await host.StopAsync(Patience);
        }

        // Each process exports in batches of its own.
        await receiver.UntilAsync(() => receiver.Spans() is var all && all.Any(span => span.Kind == 3) && new[] { "outer", "inner", "execution", "flame.queue", "flame.boot" }.All(name => One(all, name) is not null));
        var spans = receiver.Spans();
        var (outer, inner, execution) = (One(spans, "outer")!, One(spans, "inner")!, One(spans, "execution")!);
        var (queue, boot) = (One(spans, "flame.queue")!, One(spans, "flame.boot")!);
        var call = spans.Single(span => span.Id == execution.Parent);
        Assert.All(spans.Where(span => span.Trace == outer.Trace), span => Assert.Contains(span, new List<OtlpSpan> { outer, call, queue, boot, execution, inner }));
        Assert.All([call, queue, boot, execution, inner], span => Assert.Equal(outer.Trace, span.Trace));
        Assert.Equal((outer.Id, call.Id, call.Id, execution.Id), (call.Parent, queue.Parent, boot.Parent, inner.Parent));
        Assert.Equal(("main/1", "main/1", null), (execution.Executor, inner.Executor, call.Executor));
        Assert.Equal((3, 2), (call.Kind, execution.Kind)); // client, server
        await receiver.UntilAsync(() => receiver.Metrics() is var names && names.Contains("rpc.client.call.duration") && names.Contains("rpc.server.call.duration"));
        Assert.Equal(2, receiver.Paths.Count(path => path.Contains("trace", StringComparison.Ordinal) || path.Contains("metrics", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Executor_of_an_executor_exports_through_both_links()
    {
        await using var receiver = await Receiver.StartAsync(OtlpExportProtocol.HttpProtobuf);
        using (var host = TracedProgram.Build(receiver.Address, OtlpExportProtocol.HttpProtobuf))
        {
            await host.StartAsync(Patience);
            using (TracedProgram.Source.StartActivity("outer")) await Traced.WorkBelowAsync(7);
            await host.StopAsync(Patience);
        }

        await receiver.UntilAsync(() => receiver.Spans() is var all && One(all, "inner") is not null && One(all, "outer") is not null && all.Count(span => span.Name == "execution") == 2);
        var spans = receiver.Spans();
        Assert.Equal("main/1/main/1", One(spans, "inner")!.Executor);
        Assert.Equal(One(spans, "outer")!.Trace, One(spans, "inner")!.Trace);
    }

    [Fact]
    public async Task Exports_of_many_pieces_arrive_whole()
    {
        await using var receiver = await Receiver.StartAsync(OtlpExportProtocol.HttpProtobuf);
        using (var host = TracedProgram.Build(receiver.Address, OtlpExportProtocol.HttpProtobuf))
        {
            await host.StartAsync(Patience);
            using (TracedProgram.Source.StartActivity("outer")) await Traced.WorkMuchAsync(200, 2_000);
            await host.StopAsync(Patience);
        }

        await receiver.UntilAsync(() => receiver.Spans().Count(span => span.Name == "large") == 200);
    }

    [Fact]
    public async Task Calls_go_on_where_the_collector_is_not_there()
    {
        using var host = TracedProgram.Build(new Uri("http://127.0.0.1:9"), OtlpExportProtocol.HttpProtobuf);
        await host.StartAsync(Patience);
        using (TracedProgram.Source.StartActivity("outer")) await Traced.WorkAsync(7);
        await host.StopAsync(Patience);
    }

    private static OtlpSpan? One(OtlpSpan[] spans, string name) => spans.SingleOrDefault(span => span.Name == name);
}
