using System.Reflection.Metadata;

namespace Flame.Build;

/// <summary>The full name of an attribute's type.</summary>
internal static class AttributeNames
{
    public const string Flame = "Flame.FlameAttribute";
    public const string Block = "Flame.CompilerServices.FlameBlockAttribute";

    public static string? Of(MetadataReader metadata, CustomAttribute attribute) => attribute.Constructor.Kind switch
    {
        HandleKind.MemberReference => OfType(metadata, metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent),
        HandleKind.MethodDefinition => OfType(metadata, metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()),
        _ => null,
    };

    /// <summary>Whether calls of a method with these attributes are replaced.</summary>
    public static bool Replaces(MetadataReader metadata, CustomAttributeHandleCollection attributes, bool blocksOnly)
    {
        foreach (var attribute in attributes)
        {
            var name = Of(metadata, metadata.GetCustomAttribute(attribute));
            if (name == Block || (name == Flame && !blocksOnly)) return true;
        }

        return false;
    }

    /// <summary>Nested types are joined by <c>+</c>.</summary>
    public static string? OfType(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                var reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                var name = metadata.GetString(reference.Name);
                return reference.ResolutionScope.Kind == HandleKind.TypeReference
                    ? OfType(metadata, reference.ResolutionScope) + "+" + name
                    : Join(metadata.GetString(reference.Namespace), name);
            case HandleKind.TypeDefinition:
                var definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                var outer = definition.GetDeclaringType();
                return outer.IsNil
                    ? Join(metadata.GetString(definition.Namespace), metadata.GetString(definition.Name))
                    : OfType(metadata, outer) + "+" + metadata.GetString(definition.Name);
            default:
                return null;
        }
    }

    private static string Join(string space, string name) => space.Length == 0 ? name : space + "." + name;
}
