using System.Net;
using System.Text.Json;

namespace Flame.Samples.Tests;

/// <summary>The running web application, and what is sent to it.</summary>
internal sealed class Upload(SampleProcess program, string address) : IDisposable
{
    private const string Listening = "Now listening on: ";

    // The one who asks whether he may send waits for the answer, which comes from an executor that may have to boot.
    private readonly HttpClient _client = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromMinutes(5), BaseAddress = new Uri(address) };

    public Uri Address => _client.BaseAddress!;

    public HttpClient Client => _client;

    public SampleProcess Program => program;

    public static async Task<Upload> ToAsync(SampleProcess program) =>
        new(program, (await program.LineAsync(line => line.Contains(Listening, StringComparison.Ordinal))).Split(Listening)[1]);

    /// <summary>Sends a video, as a browser does, and reads the stills.</summary>
    public async Task<(double Second, byte[] Picture, string Executor)[]> SendAsync(string video, int stills)
    {
        await using var file = File.OpenRead(video);
        using var answer = await PostAsync(new StreamContent(file), stills);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode} {text}\n{program.Everything}");
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(still => (still.GetProperty("second").GetDouble(), still.GetProperty("picture").GetBytesFromBase64(), still.GetProperty("executor").GetString()!)),
        ];
    }

    /// <summary>Sends what is refused, and reads why.</summary>
    public async Task<(HttpStatusCode Status, string Detail)> RefusedAsync(HttpContent content)
    {
        using var answer = await PostAsync(content, 1);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (answer.StatusCode, problem.RootElement.GetProperty("detail").GetString()!);
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> PostAsync(HttpContent content, int stills)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/videos?stills={stills}") { Content = content };
        request.Headers.ExpectContinue = true;
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

/// <summary>Says how long it would be, and is never sent.</summary>
internal sealed class Announced(long length) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new InvalidOperationException("It was asked for.");

    protected override bool TryComputeLength(out long announced)
    {
        announced = length;
        return true;
    }
}

/// <summary>Begins to be sent, and goes on until it is disposed of.</summary>
internal sealed class Endless : HttpContent
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(new byte[64 * 1024]);
        await stream.FlushAsync();
        await _end.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _end.TrySetResult();
        base.Dispose(disposing);
    }
}
