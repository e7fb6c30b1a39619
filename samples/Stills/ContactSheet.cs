using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Stills;

/// <summary>One page with all stills and what they were taken for, which any browser opens. Thread-safe.</summary>
internal sealed class ContactSheet(string model)
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Contact sheet</title>
        <style>
          :root { color-scheme: light dark; --ink: light-dark(#1d2126, #e8eaed); --soft: light-dark(#68707a, #9aa3ad); --paper: light-dark(#f6f7f8, #16191d); --card: light-dark(#fff, #22272d); --line: light-dark(#dfe3e7, #333a42); --bar: light-dark(#d9622b, #f08a4b) }
          body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; background: var(--paper); color: var(--ink); font: 15px/1.4 system-ui, sans-serif }
          h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 1.4rem 0 .5rem } p { margin: .2rem 0; color: var(--soft) }
          section div { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(170px, 100%), 1fr)); gap: .7rem }
          figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow: hidden }
          img { display: block; width: 100%; aspect-ratio: 16 / 9 } figcaption { padding: .45rem .6rem .55rem }
          b { font-weight: 600 } .bar { display: block; height: 4px; margin: .3rem 0; border-radius: 2px; background: var(--line) }
          .bar i { display: block; height: 100%; border-radius: 2px; background: var(--bar) } small { color: var(--soft); display: flex; justify-content: space-between }
        </style>

        """;

    private readonly ConcurrentDictionary<string, ConcurrentBag<Still>> _videos = new(StringComparer.Ordinal);

    public (int Videos, int Stills, int Executors) Counts =>
        (_videos.Count, _videos.Values.Sum(stills => stills.Count), _videos.Values.SelectMany(stills => stills).Select(still => still.Executor).Distinct().Count());

    public void Add(string video, Still still) => _videos.GetOrAdd(video, _ => []).Add(still);

    public Task WriteAsync(string path, CancellationToken ct)
    {
        var (videos, stills, executors) = Counts;
        var page = new StringBuilder(Head);
        page.Append(CultureInfo.InvariantCulture, $"<h1>Contact sheet</h1>\n<p>{Report.Count(videos, "video")}, {Report.Count(stills, "still")}, {Report.Count(executors, "executor")}, {WebUtility.HtmlEncode(model)}</p>\n");
        foreach (var (video, seen) in _videos.OrderBy(video => video.Key, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"<section>\n<h2>{WebUtility.HtmlEncode(video)}</h2>\n<div>\n");
            foreach (var still in seen.OrderBy(still => still.Index)) Append(page, still);
            page.Append("</div>\n</section>\n");
        }

        return File.WriteAllTextAsync(path, page.Append("</html>\n").ToString(), ct);
    }

    private static void Append(StringBuilder page, Still still)
    {
        var best = still.Guesses[0];
        var others = string.Join(", ", still.Guesses.Select(guess => $"{guess.Label} {Report.Percent(guess.Score)}"));
        page.Append(
            CultureInfo.InvariantCulture,
            $"""
            <figure title="{WebUtility.HtmlEncode(others)}"><img alt="" src="data:image/jpeg;base64,{Convert.ToBase64String(still.Picture)}">
            <figcaption><b>{WebUtility.HtmlEncode(best.Label)}</b> <span>{Report.Percent(best.Score)}</span><span class="bar"><i style="width:{best.Score * 100:0}%"></i></span>
            <small><span>{still.Second:0.0} s</span><span>{WebUtility.HtmlEncode(still.Executor)}</span></small></figcaption></figure>

            """);
    }
}
