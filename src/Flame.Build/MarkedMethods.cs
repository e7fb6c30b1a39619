using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Flame.Build;

/// <summary>Which call targets are replaced by generated code: marked methods, of this assembly and of those it references, and methods that take a block.</summary>
internal sealed class MarkedMethods
{
    private readonly MetadataReader _metadata;
    private readonly Dictionary<EntityHandle, string?> _known = [];
    private readonly HashSet<string> _external;
    private readonly bool _blocksOnly;

    public MarkedMethods(MetadataReader metadata, IEnumerable<string> references, bool blocksOnly)
    {
        _metadata = metadata;
        _blocksOnly = blocksOnly;
        _external = new HashSet<string>(references.SelectMany(MarkedIn), StringComparer.Ordinal);
    }

    /// <summary>The name of the method, or nothing when it is not marked.</summary>
    public string? NameOf(EntityHandle target)
    {
        if (_known.TryGetValue(target, out var known)) return known;
        return _known[target] = target.Kind switch
        {
            HandleKind.MethodDefinition => Internal((MethodDefinitionHandle)target),
            HandleKind.MemberReference => External((MemberReferenceHandle)target),
            HandleKind.MethodSpecification => NameOf(_metadata.GetMethodSpecification((MethodSpecificationHandle)target).Method),
            _ => null,
        };
    }

    private string? Internal(MethodDefinitionHandle handle)
    {
        var method = _metadata.GetMethodDefinition(handle);
        return AttributeNames.Replaces(_metadata, method.GetCustomAttributes(), _blocksOnly)
            ? Shown(AttributeNames.OfType(_metadata, method.GetDeclaringType()), _metadata.GetString(method.Name))
            : null;
    }

    private string? External(MemberReferenceHandle handle)
    {
        var reference = _metadata.GetMemberReference(handle);
        if (reference.GetKind() != MemberReferenceKind.Method || _external.Count == 0) return null;
        var type = AttributeNames.OfType(_metadata, reference.Parent);
        var name = _metadata.GetString(reference.Name);
        var signature = reference.DecodeMethodSignature(new TypeTexts(), null);
        return _external.Contains(Key(type, name, signature)) ? Shown(type, name) : null;
    }

    private static string Key(string? type, string name, MethodSignature<string> signature) =>
        $"{type}.{name}({string.Join(",", signature.ParameterTypes)})";

    private IEnumerable<string> MarkedIn(string path)
    {
        using var file = File.OpenRead(path);
        using var image = new PEReader(file);
        if (!image.HasMetadata) yield break;
        var metadata = image.GetMetadataReader();

        // Whoever marks a method refers to the attribute, or declares it; the whole framework is skipped by this.
        if (!metadata.TypeReferences.Any(t => AttributeNames.OfType(metadata, t) == AttributeNames.Flame)
            && !metadata.TypeDefinitions.Any(t => AttributeNames.OfType(metadata, t) == AttributeNames.Flame)) yield break;

        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (!AttributeNames.Replaces(metadata, method.GetCustomAttributes(), _blocksOnly)) continue;
            var signature = method.DecodeSignature(new TypeTexts(), null);
            yield return Key(AttributeNames.OfType(metadata, method.GetDeclaringType()), metadata.GetString(method.Name), signature);
        }
    }

    private static string Shown(string? type, string name) => $"{type?.Replace('+', '.')}.{name}";
}
