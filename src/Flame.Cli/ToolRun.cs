using System.CommandLine;
using Flame.Cli.Output;
using Flame.Cli.Parents;
using Flame.Control;

namespace Flame.Cli;

/// <summary>One run of the tool: what it was given, where it writes, and whom it asks.</summary>
internal sealed class ToolRun(ParseResult parsed, Globals globals)
{
    private IParent? _parent;

    public ToolOutput Output { get; } = new(parsed.GetValue(globals.Json), parsed.GetValue(globals.NoColor));

    /// <summary>Whether somebody said which parent is meant.</summary>
    public bool IsParentGiven => parsed.GetValue(globals.Parent) is not null;

    /// <summary>The parent that is meant.</summary>
    /// <exception cref="ToolException">There is none, or it is not clear.</exception>
    public IParent Parent => _parent ??= RunningParents.One(
        parsed.GetValue(globals.Parent), parsed.GetValue(globals.Token) ?? (Environment.GetEnvironmentVariable("FLAME_TOKEN") is { Length: > 0 } token ? token : null));

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>Asks the parent. Where objects are asked for, they are written as they come.</summary>
    public async IAsyncEnumerable<ControlAnswer> AskAsync(ControlRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in Parent.AskAsync(request, ct).ConfigureAwait(false))
        {
            if (Output.AsJson && line.Answer.End is null) Output.Object(line.Text);
            yield return line.Answer;
        }
    }

    /// <summary>Asks the parent, and waits for all of the answer.</summary>
    public async Task<List<ControlAnswer>> AskAllAsync(ControlRequest request, CancellationToken ct)
    {
        var all = new List<ControlAnswer>();
        await foreach (var answer in AskAsync(request, ct).ConfigureAwait(false)) all.Add(answer);
        return all;
    }

    public async Task<int> RunAsync(Func<ToolRun, CancellationToken, Task<int>> act, CancellationToken ct)
    {
        try
        {
            return await act(this, ct).ConfigureAwait(false);
        }
        catch (ToolException e)
        {
            return Fail(e.Id, e.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException)
        {
            // Who read has seen enough: flame logs -f | head.
            return ExitCodes.Fine;
        }
    }

    private int Fail(string id, string message)
    {
        // One that comes from a rule of the parent begins with its own id.
        if (Output.AsJson) Output.Object(new ToolAnswer { Error = new ControlError(id, message) }, ToolJson.Default.ToolAnswer);
        else Console.Error.WriteLine($"{id}: {string.Join(Environment.NewLine, Words.Lines(message))}");
        return ExitCodes.Of(id);
    }
}
