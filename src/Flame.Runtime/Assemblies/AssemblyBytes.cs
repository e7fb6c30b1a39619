using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Flame.Assemblies;

/// <summary>An assembly as a compiler emitted it, and what it says of itself.</summary>
internal sealed class AssemblyBytes
{
    /// <exception cref="BadImageFormatException">It is none.</exception>
    public AssemblyBytes(byte[] image, byte[] symbols)
    {
        Image = image;
        Symbols = symbols;
        using var file = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(image));
        if (!file.HasMetadata) throw new BadImageFormatException("it has no metadata");
        var metadata = file.GetMetadataReader();
        if (!metadata.IsAssembly) throw new BadImageFormatException("it is a module, not an assembly");
        Name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        Id = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        ReferenceNames = [.. metadata.AssemblyReferences.Select(reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name))];
    }

    public string Name { get; }

    /// <summary>Its module version id: every compilation has another one.</summary>
    public Guid Id { get; }

    public string[] ReferenceNames { get; }

    public byte[] Image { get; }

    /// <summary>Empty: it has none.</summary>
    public byte[] Symbols { get; }
}
