using Flame.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Flame.Generators.Parsing;

/// <summary>Finds the registries of the referenced assemblies; the only reader of a whole compilation.</summary>
internal static class SurroundingsReader
{
    public static Surroundings Read(Compilation compilation)
    {
        var name = compilation.AssemblyName ?? "Assembly";
        if (compilation.GetTypeByMetadataName(KnownNames.Methods) is not { } attribute) return new(name, EquatableArray<string>.Empty);

        var contract = attribute.ContainingAssembly.Identity;
        var registries = compilation.SourceModule.ReferencedAssemblySymbols
            .Where(a => References(a, contract))
            .Select(RegistryOf)
            .OfType<string>()
            .OrderBy(r => r, StringComparer.Ordinal);
        return new(name, registries.ToEquatableArray());
    }

    public static bool HasRegistry(IAssemblySymbol assembly, AssemblyIdentity? contract) =>
        contract is not null && References(assembly, contract) && KnownNames.AttributeOf(assembly, KnownNames.Methods) is not null;

    // Attributes are decoded lazily; most of the framework never needs to be.
    private static bool References(IAssemblySymbol assembly, AssemblyIdentity contract) =>
        assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == contract.Name));

    private static string? RegistryOf(IAssemblySymbol assembly) =>
        KnownNames.AttributeOf(assembly, KnownNames.Methods)?.ConstructorArguments.FirstOrDefault().Value is INamedTypeSymbol registry
        && Visibility.IsPublic(registry)
            ? Display.Unannotated(registry)
            : null;
}
