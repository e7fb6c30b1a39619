using System.Diagnostics;
using Flame.Telemetry;
using Flame.Wire;
using Xunit;

namespace Flame.Runtime.Tests.Telemetry;

public sealed class TraceContextTests
{
    [Fact]
    public void Context_and_baggage_arrive_as_they_were()
    {
        using var activity = new Activity("call").SetIdFormat(ActivityIdFormat.W3C);
        activity.TraceStateString = "vendor=1";
        activity.AddBaggage("tenant", "seven");
        activity.Start();
        var read = TraceContext.Read(TraceContext.Write(activity))!;
        Assert.Equal((activity.TraceId, activity.SpanId, true, "vendor=1"), (read.Caller().TraceId, read.Caller().SpanId, read.Caller().IsRemote, read.Caller().TraceState));
        Assert.Equal([new("tenant", "seven")], read.Baggage());
    }

    [Fact]
    public void Without_an_activity_nothing_goes()
    {
        Assert.Null(TraceContext.Write(null));
        Assert.Null(TraceContext.Read((byte[]?)null));
    }

    [Fact]
    public void What_is_too_large_stays_at_home()
    {
        using var activity = new Activity("call").SetIdFormat(ActivityIdFormat.W3C);
        activity.AddBaggage("large", new string('x', TraceContext.MaxBytes));
        activity.Start();
        var bytes = TraceContext.Write(activity)!;
        Assert.InRange(bytes.Length, 1, TraceContext.MaxBytes);
        var read = TraceContext.Read(bytes)!;
        Assert.Equal(activity.SpanId, read.Caller().SpanId);
        Assert.Empty(read.Baggage());
    }

    [Theory]
    [InlineData(new byte[] { 17 })]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 255, 255, 255, 127 })]
    [InlineData(new byte[] { 1, 1, 0, 0, 0, 65, 255, 255, 255, 255 })]
    public void Bytes_that_are_no_context_break_the_protocol(byte[] bytes) => Assert.Throws<WireException>(() => TraceContext.Read(bytes));

    [Fact]
    public void Context_that_nobody_understands_is_as_if_it_were_not_there()
    {
        var bytes = new BodyWriter().Byte(2).Text("traceparent").Text("00-zz").Text("baggage").Text("=;,=").Span.ToArray();
        Assert.Equal(default, TraceContext.Read(bytes)!.Caller());
        Assert.Empty(TraceContext.Read(bytes)!.Baggage());
    }
}
