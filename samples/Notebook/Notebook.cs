using System.Reflection;
using Flame;
using Microsoft.CodeAnalysis;

/// <summary>The cells that ran, and what they left: types that later cells use, or define again.</summary>
internal sealed class Notebook(TextWriter output)
{
    private readonly Compiler _compiler = new();
    private readonly List<(string[] Types, MetadataReference Reference)> _cells = [];
    private int _count;

    public async Task RunAsync(string source)
    {
        var compiled = _compiler.Compile($"Cell{++_count}", source, _cells.Select(cell => cell.Reference));
        foreach (var problem in compiled.Problems) output.WriteLine(problem);
        if (compiled.Image.Length == 0) return;

        // Earlier versions stay loaded: what they began goes on, and may call more of what they know.
        var loaded = await FlameAssembly.LoadAsync(compiled.Image, compiled.Symbols);
        _cells.RemoveAll(cell => cell.Types.Intersect(compiled.Types).Any());
        _cells.Add((compiled.Types, MetadataReference.CreateFromImage(compiled.Image)));
        if (loaded.Assembly.EntryPoint is not { } main) return;
        try
        {
            // The compiler's Main waits for the asynchronous one.
            await Task.Run(() => main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null));
        }
        catch (Exception e)
        {
            output.WriteLine(e.Message);
        }
    }
}
