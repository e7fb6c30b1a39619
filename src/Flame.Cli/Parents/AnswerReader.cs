using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Flame.Control;

namespace Flame.Cli.Parents;

/// <summary>Reads the lines of an answer.</summary>
internal static class AnswerReader
{
    public static async IAsyncEnumerable<AnswerLine> ReadAsync(Stream stream, string parent, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false), false, 4096, leaveOpen: true);
        while (true)
        {
            var answer = await NextAsync(reader, parent, ct).ConfigureAwait(false);
            if (answer.Answer.Error is { } error) throw new ToolException(error.Id, error.Message);
            yield return answer;
            if (answer.Answer.End is not null) yield break;
        }
    }

    private static async Task<AnswerLine> NextAsync(StreamReader reader, string parent, CancellationToken ct)
    {
        try
        {
            if (await reader.ReadLineAsync(ct).ConfigureAwait(false) is { } line && JsonSerializer.Deserialize(line, ControlJson.Default.ControlAnswer) is { } answer) return new AnswerLine(line, answer);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new ToolException("FLM5004", $"{parent} did not answer to the end: {e.Message}");
        }

        throw new ToolException("FLM5004", $"{parent} did not answer to the end: it has ended, or closed the connection.");
    }
}
