using System.Text.Json;
using Flame.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Flame.Dashboard;

/// <summary>
/// What goes to open pages, as server-sent events: once a second what has changed, written once for all of them, and only while one is open. A page that is
/// slower than that gets no more than it takes, and then a whole picture instead of what it missed.
/// </summary>
internal sealed class PageFeed(Observer observer, TimeProvider time, FlameDashboardOptions options, CancellationToken stopping)
{
    private const int MostOpen = 64;

    /// <summary>Open calls that a tick shows, and ended ones, and failed ones; the page asks for more when somebody looks.</summary>
    private const int MostCalls = 100;

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<OpenPage> _pages = [];
    private ITimer? _timer;
    private long _curves;

    public async Task SendAsync(HttpContext context)
    {
        var page = new OpenPage();
        if (!TryEnter(page))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Response.ContentType = "text/event-stream";

            // An open page must not keep the application from its end.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            while (true)
            {
                await context.Response.Body.WriteAsync(await page.NextAsync(end.Token).ConfigureAwait(false), end.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the application stops.
        }
        finally
        {
            Leave(page);
        }
    }

    private bool TryEnter(OpenPage page)
    {
        lock (_gate)
        {
            if (_pages.Count >= MostOpen) return false;
            if (_pages.Count == 0) _curves = observer.Curves(long.MaxValue).Next;
            page.Give(Whole(_curves));
            _pages.Add(page);
            _timer ??= time.CreateTimer(static feed => ((PageFeed)feed!).Tick(), this, s_pace, s_pace);
            return true;
        }
    }

    private void Leave(OpenPage page)
    {
        lock (_gate)
        {
            _pages.Remove(page);
            if (_pages.Count > 0) return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_pages.Count == 0) return;
            var curves = observer.Curves(_curves);
            _curves = curves.Next;
            ReadOnlyMemory<byte> tick = Event(curves, isWhole: false), whole = default;
            foreach (var page in _pages)
            {
                if (page.Give(tick) || !page.IsBehind) continue;

                // It took what it had; what lies between is in the picture.
                if (whole.IsEmpty) whole = Whole(_curves);
                page.Catch(whole);
            }
        }
    }

    // All curves up to where the next tick goes on.
    private byte[] Whole(long until) => Event(observer.Curves(0, until), isWhole: true);

    private byte[] Event(CurvesView curves, bool isWhole)
    {
        var process = observer.Look();
        var history = isWhole ? process.Pools.ToDictionary(static pool => pool.Name, pool => observer.HistoryOf(pool.Name)) : null;

        // Newest first. A call with a curve is told of as long as its curve is, however many came after it.
        var calls = observer.Calls(new CallFilter(Most: int.MaxValue));
        CallView[] running = [.. calls.Where(static call => call.State == "running").Take(MostCalls)], failed = [.. calls.Where(static call => call.State == "failed").Take(MostCalls)];
        var recent = calls[..Math.Min(calls.Length, MostCalls / 2)];
        CallView[] drawn = [.. calls.Where(static call => call.HasCurve).Except([.. running, .. failed, .. recent]).Take(MostCalls)];
        var moment = new PageMoment(process, running, failed, recent, drawn, curves, history, options.AllowActions, options.ShowArguments);
        using var bytes = new MemoryStream();
        bytes.Write(System.Text.Encoding.ASCII.GetBytes($"event: {(isWhole ? "whole" : "tick")}\ndata: "));
        JsonSerializer.Serialize(bytes, moment, PageJson.Default.PageMoment);
        bytes.Write("\n\n"u8);
        return bytes.ToArray();
    }
}
