using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Flame.Cli.Output;

/// <summary>Where the tool writes: tables on a terminal, plain lines elsewhere, objects where those are asked for.</summary>
internal sealed class ToolOutput
{
    private readonly TextWriter _out = Console.Out;

    public ToolOutput(bool asJson, bool withoutColour)
    {
        AsJson = asJson;
        IsTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var plain = withoutColour || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        Terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = plain || !IsTerminal ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = IsTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
    }

    public bool AsJson { get; }

    public bool IsTerminal { get; }

    public IAnsiConsole Terminal { get; }

    /// <summary>A line of text.</summary>
    public void Line(string text = "") => _out.WriteLine(text);

    /// <summary>An object that came as a line.</summary>
    public void Object(string json) => _out.WriteLine(json);

    /// <summary>An object of the tool's own.</summary>
    public void Object<T>(T value, JsonTypeInfo<T> type) => _out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>What a program printed, as it is.</summary>
    public void Raw(string text) => _out.Write(text);

    public void Table(Rows rows)
    {
        if (IsTerminal) Terminal.Write(Drawn(rows));
        else foreach (var line in rows.Plain()) _out.WriteLine(line);
    }

    public static IRenderable Drawn(Rows rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var at = 0; at < rows.Columns.Count; at++)
        {
            var column = new TableColumn(new Text(rows.Columns[at], new Style(decoration: Decoration.Bold)));
            if (rows.IsNumber(at)) column.RightAligned();
            table.AddColumn(column);
        }

        foreach (var row in rows.All) table.AddRow(row.Select(static cell => (IRenderable)new Text(cell, StyleOf(cell))));
        return table;
    }

    // Words that say how something is; the rest stays as the terminal has it.
    private static Style StyleOf(string cell) => cell switch
    {
        "failed" or "problem" or "gone" => new Style(Color.Red),
        "warning" or "booting" or "queued" or "draining" or "cancelled" => new Style(Color.Yellow),
        "ok" or "succeeded" or "idle" => new Style(Color.Green),
        "busy" or "running" => new Style(Color.Blue),
        _ => Style.Plain,
    };
}
