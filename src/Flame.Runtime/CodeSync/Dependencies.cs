using System.Text.Json;

namespace Flame.CodeSync;

/// <summary>What a program's <c>deps.json</c> says of its files.</summary>
/// <param name="Rid">The kind of machine that it was built for; <see langword="null"/>: any.</param>
/// <param name="Native">Native files of that kind in the program's own folder, and the package that each is from.</param>
/// <param name="OfFramework">Files of a framework that the program brings.</param>
internal sealed record Dependencies(string? Rid, IReadOnlyDictionary<string, string> Native, IReadOnlySet<string> OfFramework)
{
    public static Dependencies Read(string path)
    {
        var (native, framework) = (new Dictionary<string, string>(), new HashSet<string>());
        if (!File.Exists(path)) return new Dependencies(null, native, framework);
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var target = document.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        var libraries = document.RootElement.GetProperty("libraries");
        foreach (var library in document.RootElement.GetProperty("targets").GetProperty(target).EnumerateObject())
        {
            var isFramework = library.Name.StartsWith("runtimepack.", StringComparison.Ordinal);
            var package = libraries.TryGetProperty(library.Name, out var known) && known.TryGetProperty("path", out var at) ? at.GetString()! : library.Name.ToLowerInvariant();
            foreach (var name in Files(library.Value, "native"))
            {
                if (isFramework) framework.Add(name);
                else native[name] = package;
            }

            if (isFramework) framework.UnionWith(Files(library.Value, "runtime"));
        }

        return new Dependencies(target.Split('/') is [_, var rid] ? rid : null, native, framework);
    }

    // In the program's folder they are without the folders that they have in their package.
    private static IEnumerable<string> Files(JsonElement library, string kind) =>
        library.TryGetProperty(kind, out var files) ? files.EnumerateObject().Select(static file => Path.GetFileName(file.Name)) : [];
}
