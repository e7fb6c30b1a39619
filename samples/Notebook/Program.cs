using Flame;

// A notebook: C# that you type runs at once, here and on executors that are up already. A blank line ends a cell.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("cpu", pool => pool.Max = 4));

var notebook = new Notebook(Console.Out);
while (ReadCell() is { } cell) await notebook.RunAsync(cell);

static string? ReadCell()
{
    var lines = new List<string>();
    while (Console.In.ReadLine() is { } line)
    {
        if (line.Length > 0) lines.Add(line);
        else if (lines.Count > 0) break;
    }

    return lines.Count == 0 ? null : string.Join('\n', lines);
}
