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
    private static BuildId? s_current;

    internal BuildId(IReadOnlyList<string> assemblies, IEnumerable<ulong> methods)
    {
        Assemblies = assemblies;
        var hash = 14695981039346656037UL; // FNV-1a, 64 bit: no cryptography is loaded for it
        foreach (var assembly in assemblies) hash = Add(hash, Encoding.UTF8.GetBytes(assembly));
        foreach (var method in methods.Order()) hash = Add(hash, BitConverter.GetBytes(method));
        Hash = hash.ToString("x16", CultureInfo.InvariantCulture);
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
        return $"FLM2104: the executor runs build {hash}, the parent build {Hash}; "
            + (theirs.Length + ours.Length == 0
                ? "the method tables differ"
                : $"different: parent [{string.Join(", ", ours)}], executor [{string.Join(", ", theirs)}]");
    }

    private static BuildId Compute()
    {
        var assemblies = MethodTable.Assemblies().ToHashSet();
        if (Assembly.GetEntryAssembly() is { } entry) assemblies.Add(entry);
        return new BuildId(
            [.. assemblies.Select(a => $"{a.GetName().Name} {a.ManifestModule.ModuleVersionId}").Order(StringComparer.Ordinal)],
            MethodTable.Snapshot().Select(m => m.Id));
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }
}
