using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Flame.Build;

/// <summary>
/// Looks through the compiled code for direct calls of marked methods outside generated code. It sees what the
/// compiler really emitted, so an interceptor that silently did not apply cannot hide.
/// </summary>
internal sealed class InterceptionCheck : IDisposable
{
    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly SequencePoints _points;
    private readonly MarkedMethods _marked;
    private readonly GeneratedTypes _generated;

    public InterceptionCheck(Stream image, Stream? symbols, IEnumerable<string> references, bool blocksOnly = false)
    {
        _image = new PEReader(image);
        _metadata = _image.GetMetadataReader();
        _points = new SequencePoints(_image, symbols);
        _marked = new MarkedMethods(_metadata, references, blocksOnly);
        _generated = new GeneratedTypes(_metadata);
    }

    public IEnumerable<LocalCall> Run()
    {
        foreach (var handle in _metadata.MethodDefinitions)
        {
            var method = _metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0 || _generated.Contains(method.GetDeclaringType())) continue;

            foreach (var (offset, token) in Instructions.CallsOf(_image.GetMethodBody(method.RelativeVirtualAddress)))
            {
                if (_marked.NameOf(token) is not { } name) continue;
                var (file, line, column) = _points.Find(handle, offset);
                yield return new LocalCall(name, file, line, column);
            }
        }
    }

    public void Dispose()
    {
        _points.Dispose();
        _image.Dispose();
    }
}
