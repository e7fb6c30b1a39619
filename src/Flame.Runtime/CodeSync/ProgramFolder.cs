using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Flame.CodeSync;

/// <summary>Where the files of this program are, for a machine of some kind. What a stock executor has anyway is left out.</summary>
/// <param name="folder">The folder of the program.</param>
/// <param name="assembly">The name of the assembly that is started, without its ending.</param>
/// <param name="packages">Where packages are, for what the folder does not have.</param>
internal sealed class ProgramFolder(string folder, string assembly, string packages)
{
    /// <exception cref="CodeException">It is no program that can be sent.</exception>
    public static ProgramFolder OfThisProcess()
    {
        // Where the runtime found its assemblies, which one that is compiled ahead of time does not say. Dynamic code tells nothing: `dotnet run app.cs` turns it off.
        var name = Assembly.GetEntryAssembly()?.GetName().Name ?? "";
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null || !File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")))
            throw new CodeException("FLM2109: this program is one file or compiled ahead of time, and has no assemblies that could be sent to a stock executor. Run it from its build or publish folder, without PublishSingleFile and PublishAot, or put it into the executors' image.");
        return new ProgramFolder(AppContext.BaseDirectory, name, Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"));
    }

    public string Entry => assembly + ".dll";

    /// <summary>The files, by where they are in the program.</summary>
    /// <exception cref="CodeException">The machine lacks a framework, or there is no native file for it.</exception>
    public SortedDictionary<string, string> For(StockFacts facts, IEnumerable<string> ignored)
    {
        CheckFrameworks(facts);
        var dependencies = Dependencies.Read(Path.Combine(folder, assembly + ".deps.json"));
        var kinds = StockFacts.Fallbacks(facts.Rid);
        var all = CopiedFiles.Below(folder, ignored).ToDictionary(path => Path.GetRelativePath(folder, path).Replace('\\', '/'));
        var others = OtherBuilds(all.Keys);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (place, path) in all)
        {
            if (!others.Exists(other => place.StartsWith(other, StringComparison.Ordinal)) && IsSent(place, kinds, dependencies)) files.Add(place, path);
        }

        if (dependencies.Rid is { } rid && !kinds.Contains(rid)) TakeNative(files, dependencies, facts.Rid, kinds);
        return files;
    }

    // Who builds or publishes for one kind of machine leaves that build in a folder of this one.
    private List<string> OtherBuilds(IEnumerable<string> places)
    {
        var begin = $"/{assembly}.runtimeconfig.json";
        return [.. places.Where(place => place.EndsWith(begin, StringComparison.Ordinal)).Select(place => place[..(place.LastIndexOf('/') + 1)])];
    }

    // Of another kind of machine, of the framework, or of no use where nobody develops.
    private bool IsSent(string place, IReadOnlyList<string> kinds, Dependencies dependencies)
    {
        if (place == assembly || place == assembly + ".exe" || dependencies.OfFramework.Contains(place)) return false;
        if (place.StartsWith("runtimes/", StringComparison.Ordinal)) return place.Split('/') is [_, var kind, ..] && kinds.Contains(kind);
        if (dependencies.Rid is { } rid && !kinds.Contains(rid) && (dependencies.Native.ContainsKey(place) || place == assembly + ".deps.json")) return false;
        return !place.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || !File.Exists(Path.Combine(folder, Path.ChangeExtension(place, ".dll")));
    }

    /// <summary>A program that was built for one kind of machine has the native files of that kind; those of another are in its packages.</summary>
    private void TakeNative(SortedDictionary<string, string> files, Dependencies dependencies, string rid, IReadOnlyList<string> kinds)
    {
        foreach (var library in dependencies.Native.Values.Distinct())
        {
            var own = Path.Combine(packages, library.Replace('/', Path.DirectorySeparatorChar), "runtimes");
            var native = kinds.Select(kind => Path.Combine(own, kind, "native")).FirstOrDefault(Directory.Exists)
                ?? throw new CodeException($"FLM2111: '{library}' has native files for this machine, and none for '{rid}', which the executor is, under {own}. Reference a package that has them (mostly it is named *.runtime.{rid} or has its kind in the name), or use executors of this machine's kind.");
            foreach (var file in Directory.EnumerateFiles(native)) files[Path.GetFileName(file)] = file;
        }
    }

    private void CheckFrameworks(StockFacts facts)
    {
        foreach (var (name, version) in Frameworks())
        {
            // Later ones of the same generation take programs that were built against earlier ones.
            if (facts.Frameworks.Any(has => has.Split(' ') is [var its, var text] && its == name && Version.TryParse(text.Split('-')[0], out var v) && v.Major == version.Major && v >= version)) continue;
            throw new CodeException($"FLM2110: the program needs {name} {version}, and the stock executor has {string.Join(", ", facts.Frameworks)}. Use a stock image of that version.");
        }
    }

    private IEnumerable<(string Name, Version Version)> Frameworks()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, assembly + ".runtimeconfig.json")));
        var options = document.RootElement.GetProperty("runtimeOptions");
        if (options.TryGetProperty("includedFrameworks", out _))
            throw new CodeException("FLM2109: this program brings its own framework (self-contained), which a stock executor does not take. Build it without SelfContained, or put it into the executors' image.");
        JsonElement[] all = options.TryGetProperty("frameworks", out var several) ? [.. several.EnumerateArray()] : options.TryGetProperty("framework", out var one) ? [one] : [];
        foreach (var framework in all)
            yield return (framework.GetProperty("name").GetString()!, Version.Parse(framework.GetProperty("version").GetString()!.Split('-')[0]));
    }
}

/// <summary>A program, or a part of it, cannot be sent. The message says what to do.</summary>
internal sealed class CodeException(string message, Exception? inner = null) : Exception(message, inner);
