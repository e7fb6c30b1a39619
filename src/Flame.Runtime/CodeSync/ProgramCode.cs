using System.Globalization;
using Flame.Backends;
using Microsoft.Extensions.Logging;

namespace Flame.CodeSync;

/// <summary>This program as it can be sent: what it is made of for each kind of machine, taken once. Thread-safe.</summary>
internal sealed class ProgramCode(FlameCodeOptions options, ILogger log, Func<ProgramFolder> program, string workingFolder)
{
    // Below, it is not worth a line.
    private const long Large = 50 * 1024 * 1024;
    private const int Named = 5;
    private const double MiB = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<SentProgram>> _taken = [];

    public static ProgramCode OfThisProcess(FlameCodeOptions options, ILogger log) => new(options, log, ProgramFolder.OfThisProcess, Environment.CurrentDirectory);

    /// <exception cref="CodeException">The program cannot be sent to such a machine.</exception>
    public Task<SentProgram> For(StockFacts facts)
    {
        lock (_gate)
        {
            var key = $"{facts.Rid} {string.Join(' ', facts.Frameworks)}";
            if (_taken.TryGetValue(key, out var taken) && !taken.IsFaulted) return taken;
            return _taken[key] = TakeAsync(facts);
        }
    }

    private async Task<SentProgram> TakeAsync(StockFacts facts)
    {
        // All files are read, and whoever asks has a link to look after.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return Take(facts);
    }

    private SentProgram Take(StockFacts facts)
    {
        var folder = program();
        var paths = folder.For(facts, options.Ignore);
        foreach (var (place, path) in CopiedFiles.In(workingFolder, options)) paths[place] = path;
        var sizes = paths.Select(static file => (file.Key, new FileInfo(file.Value).Length)).OrderByDescending(static file => file.Length).ToArray();
        var size = sizes.Sum(static file => file.Length);
        var largest = string.Join(", ", sizes.Take(Named).Select(static file => string.Create(CultureInfo.InvariantCulture, $"{file.Key} {file.Length / MiB:0.0} MiB")));
        if (size > options.MaxSize)
            throw new CodeException(string.Create(CultureInfo.InvariantCulture, $"FLM2114: the program and its CopyPaths have {size / MiB:0.0} MiB, more than MaxSize allows ({options.MaxSize / MiB:0.0} MiB). The largest are {largest}. Leave some out with Ignore, or raise MaxSize."));
        if (size > Large) CodeLog.Large(log, size / MiB, paths.Count, largest);

        CodeFile[] files = [.. paths.Select(static file => Describe(file.Key, file.Value))];
        var arguments = LocalProgram.Current() is { Arguments: var all } current ? all.Skip(current.StartsAssembly ? 1 : 0) : [];
        return new SentProgram(new CodeManifest(folder.Entry, [.. arguments], files).Checked(), paths);
    }

    private static CodeFile Describe(string place, string path)
    {
        using var file = File.OpenRead(path);
        var isExecutable = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
        return new CodeFile(place, Hashed.Of(file), file.Length, isExecutable);
    }
}

/// <summary>A program for one kind of machine.</summary>
/// <param name="Manifest">What it is made of.</param>
/// <param name="Paths">Where each of its files is here.</param>
internal sealed record SentProgram(CodeManifest Manifest, IReadOnlyDictionary<string, string> Paths);
