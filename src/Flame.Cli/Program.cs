using System.CommandLine;
using System.CommandLine.Invocation;
using Flame.Cli;
using Flame.Cli.Output;
using Flame.Cli.Verbs;
using Flame.Control;

var globals = new Globals();
var root = new RootCommand("Looks at the pools of a running program, and changes them.");
foreach (var option in globals.All) root.Add(option);
foreach (var verb in AllVerbs.Of(globals)) root.Add(verb);

var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    // Not the whole help behind a slip: what is wrong, and where the help is.
    var words = string.Join(' ', parsed.Errors.Select(static error => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    if (parsed.GetValue(globals.Json)) new ToolOutput(asJson: true, withoutColour: true).Object(new ToolAnswer { Error = new ControlError("FLM5001", words) }, ToolJson.Default.ToolAnswer);
    else await Console.Error.WriteLineAsync($"FLM5001: {words} 'flame --help' and 'flame <verb> --help' say what can be asked.");
    return ExitCodes.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
