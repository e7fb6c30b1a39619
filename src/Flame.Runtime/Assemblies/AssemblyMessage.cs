using System.Runtime.InteropServices;
using Flame.CompilerServices;
using MemoryPack;

namespace Flame.Assemblies;

/// <summary>An assembly on its way to an executor.</summary>
/// <param name="Image">The assembly.</param>
/// <param name="Symbols">Its symbols; empty: none.</param>
/// <param name="References">Which versions it references of those that came before, 16 bytes each.</param>
internal readonly record struct AssemblyMessage(byte[] Image, byte[] Symbols, byte[] References) : IPayloadCodec<AssemblyMessage>
{
    public AssemblyMessage(LoadedAssembly assembly)
        : this(assembly.Bytes.Image, assembly.Bytes.Symbols, MemoryMarshal.AsBytes<Guid>(assembly.References.Select(reference => reference.Bytes.Id).ToArray()).ToArray())
    {
    }

    public Guid[] ReferenceIds => MemoryMarshal.Cast<byte, Guid>(References).ToArray();

    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in AssemblyMessage value)
    {
        LentArrays.Write(ref writer, value.Image);
        LentArrays.Write(ref writer, value.Symbols);
        writer.WriteUnmanagedArray(value.References);
    }

    public static AssemblyMessage Read(ref MemoryPackReader reader) =>
        new(CheckedReads.ReadArray<byte>(ref reader) ?? [], CheckedReads.ReadArray<byte>(ref reader) ?? [], CheckedReads.ReadArray<byte>(ref reader) ?? []);
}

/// <summary>Which assembly an executor may forget.</summary>
internal readonly record struct AssemblyVersion(Guid Id) : IPayloadCodec<AssemblyVersion>
{
    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in AssemblyVersion value) => writer.WriteUnmanaged(value.Id);

    public static AssemblyVersion Read(ref MemoryPackReader reader) => new(reader.ReadUnmanaged<Guid>());
}
