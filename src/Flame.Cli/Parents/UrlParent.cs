using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Flame.Control;

namespace Flame.Cli.Parents;

/// <summary>A parent anywhere, by the address of its dashboard.</summary>
internal sealed class UrlParent : IParent
{
    private readonly Uri _control;
    private readonly string? _token;

    /// <exception cref="ToolException">It is no address that can be used, or none that a token may be sent to.</exception>
    public UrlParent(string url, string? token)
    {
        if (!Uri.TryCreate(url.TrimEnd('/') + "/control", UriKind.Absolute, out var control) || control.Scheme is not ("http" or "https"))
            throw new ToolException("FLM5001", $"'{url}' is no address of a dashboard: http://127.0.0.1:5000/flame, https://…");
        if (token is not null && control.Scheme == "http" && !control.IsLoopback)
            throw new ToolException("FLM5001", $"A token is not sent to {url} without TLS: everybody on the way could read it. Use https.");
        (_control, _token, Name) = (control, token, url);
    }

    public string Name { get; }

    public async IAsyncEnumerable<AnswerLine> AskAsync(ControlRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using var answer = await SendAsync(client, request, ct).ConfigureAwait(false);
        using var stream = await answer.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await foreach (var line in AnswerReader.ReadAsync(stream, Name, ct).ConfigureAwait(false)) yield return line;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, ControlRequest request, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _control) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest)) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.Accept.ParseAdd("application/x-ndjson");

        message.Headers.Add(ControlRequest.Header, "1");
        if (_token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new ToolException("FLM5004", $"{Name} does not answer: {e.Message}");
        }

        if (answer.StatusCode == HttpStatusCode.OK) return answer;
        using (answer)
        {
            // The dashboard says why, for people.
            var words = answer.Content.Headers.ContentType?.MediaType == "text/plain" ? await answer.Content.ReadAsStringAsync(ct).ConfigureAwait(false) : "";
            if (words.Length > 0) words = " It says: " + (words.Length > 300 ? words[..300] + "…" : words);
            throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Redirect or HttpStatusCode.Found
                ? new ToolException("FLM5013", $"{Name} lets nobody in who shows what you show ({(int)answer.StatusCode}). Give --token or FLAME_TOKEN with what its authorization takes as a bearer token.{words}")
                : new ToolException("FLM5004", $"{Name} answers {(int)answer.StatusCode}: there is no dashboard of Flame at that address, or it is of another version.{words}");
        }
    }
}
