using System.Reflection.Metadata;

namespace Flame.Build;

/// <summary>The types that our generator wrote, and those nested in them.</summary>
internal sealed class GeneratedTypes(MetadataReader metadata)
{
    private readonly Dictionary<TypeDefinitionHandle, bool> _known = [];

    public bool Contains(TypeDefinitionHandle handle)
    {
        if (_known.TryGetValue(handle, out var known)) return known;
        var type = metadata.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return _known[handle] = IsOurs(type) || (!outer.IsNil && Contains(outer));
    }

    private bool IsOurs(TypeDefinition type)
    {
        if (metadata.GetString(type.Namespace) == "Flame.Generated") return true;
        foreach (var handle in type.GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (AttributeNames.Of(metadata, attribute) != "System.CodeDom.Compiler.GeneratedCodeAttribute") continue;
            var blob = metadata.GetBlobReader(attribute.Value);
            if (blob.ReadUInt16() == 1 && blob.ReadSerializedString() == "Flame.Generators") return true;
        }

        return false;
    }
}
