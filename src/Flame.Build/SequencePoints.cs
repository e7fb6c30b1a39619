using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Flame.Build;

/// <summary>Where in the source an instruction comes from; also in the nested method of an async one.</summary>
internal sealed class SequencePoints : IDisposable
{
    private readonly MetadataReaderProvider? _provider;
    private readonly MetadataReader? _symbols;

    public SequencePoints(PEReader image, Stream? symbols)
    {
        _provider = symbols is not null ? MetadataReaderProvider.FromPortablePdbStream(symbols) : Embedded(image);
        _symbols = _provider?.GetMetadataReader();
    }

    public (string? File, int Line, int Column) Find(MethodDefinitionHandle method, int offset)
    {
        if (_symbols is null) return default;
        (string? File, int Line, int Column) found = default;
        foreach (var point in _symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
        {
            if (point.Offset > offset && found.File is not null) break;
            if (!point.IsHidden) found = (_symbols.GetString(_symbols.GetDocument(point.Document).Name), point.StartLine, point.StartColumn);
        }

        return found;
    }

    public void Dispose() => _provider?.Dispose();

    private static MetadataReaderProvider? Embedded(PEReader image)
    {
        foreach (var entry in image.ReadDebugDirectory())
        {
            if (entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb) return image.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        }

        return null;
    }
}
