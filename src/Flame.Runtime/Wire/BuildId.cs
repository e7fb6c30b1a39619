using System.Globalization;
using System.Reflection;
using System.Text;
using Flame.CompilerServices;

namespace Flame.Wire;

/// <summary>
/// What build this process runs: the module version ids of the assemblies that have marked methods and of the entry
/// assembly, and the method table. Not a secret and no protection; it keeps two builds from mixing by accident.
/// </summary>
internal sealed class BuildId
{
    private const int MostListed = 50;
    private const int LongestName = 200;

    private static BuildId? s_current;

    internal BuildId(IReadOnlyList<string> assemblies, ReadOnlySpan<RemoteMethod> methods)
    {
        Assemblies = assemblies;
        var hash = 14695981039346656037UL; // FNV-1a, 64 bit: no cryptography is loaded for it
        foreach (var assembly in assemblies) hash = Add(hash, Encoding.UTF8.GetBytes(assembly));

        // The ids are hashes themselves, so their sum tells two tables apart whatever their order.
        var sum = 0UL;
        foreach (var method in methods) sum += method.Id;
        Hash = Add(Add(hash, BitConverter.GetBytes(methods.Length)), BitConverter.GetBytes(sum)).ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Of this process. Taken when first asked for: marked assemblies register themselves before.</summary>
    public static BuildId Current => s_current ??= Compute();

    /// <summary>The id itself.</summary>
    public string Hash { get; }

    /// <summary>Name and module version id of each assembly that counts, in order of the names.</summary>
    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>What differs, in words; <see langword="null"/> when nothing does.</summary>
    public string? Mismatch(string hash, IReadOnlyList<string> assemblies)
    {
        if (hash == Hash) return null;
        var theirs = assemblies.Except(Assemblies).ToArray();
        var ours = Assemblies.Except(assemblies).ToArray();
        return $"FLM2104: the executor runs build {Plain(hash)}, the parent build {Hash}; "
            + (theirs.Length + ours.Length == 0
                ? "the method tables differ"
                : $"different: parent [{Listed(ours)}], executor [{Listed(theirs)}]");
    }

    private static string Listed(string[] assemblies) =>
        string.Join(", ", assemblies.Take(MostListed).Select(Plain)) + (assemblies.Length > MostListed ? $" and {assemblies.Length - MostListed} more" : "");

    // What the other end says of itself goes into logs and exceptions, one line each.
    private static string Plain(string theirs) =>
        string.Concat((theirs.Length > LongestName ? theirs[..LongestName] + "…" : theirs).Select(static c => char.IsControl(c) ? '?' : c));

    // Every cold start waits for this: LINQ over value types alone would be thirty methods to compile.
    private static BuildId Compute()
    {
        List<Assembly> assemblies = [.. MethodTable.Assemblies()];
        if (Assembly.GetEntryAssembly() is { } entry && !assemblies.Contains(entry)) assemblies.Add(entry);
        var names = new string[assemblies.Count];
        for (var i = 0; i < names.Length; i++) names[i] = $"{assemblies[i].GetName().Name} {assemblies[i].ManifestModule.ModuleVersionId}";
        Array.Sort(names, StringComparer.Ordinal);
        return new BuildId(names, MethodTable.Snapshot());
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }
}
