using System.Text.Json;

namespace Flame.Control;

/// <summary>Where an answer goes, a line of JSON at a time. Who does not read it is not waited for, and nothing is kept for him.</summary>
internal sealed class ControlOutput(Stream stream, TimeProvider? time = null)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Writes one line; one at a time.</summary>
    /// <exception cref="IOException">Nobody reads.</exception>
    public async Task WriteAsync(ControlAnswer answer, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.ControlAnswer);
        var line = new byte[json.Length + 1];
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        try
        {
            await stream.WriteAsync(line, ct).AsTask().WaitAsync(s_patience, time ?? TimeProvider.System, ct).ConfigureAwait(false);
            await stream.FlushAsync(ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new IOException("Nobody reads the answer.");
        }
    }
}
