namespace Flame.Generators.Model;

/// <summary>What a compilation tells about the world around its marked methods.</summary>
/// <param name="Assembly">The assembly's name.</param>
/// <param name="Registries">The registries of the referenced assemblies, fully qualified.</param>
internal sealed record Surroundings(string Assembly, EquatableArray<string> Registries);

/// <summary>One row of the registry: where a method's description is.</summary>
internal sealed record RegistryRow(string MethodsClass, string Field);

/// <summary>The registry of one assembly.</summary>
internal sealed record RegistryModel(
    Surroundings Surroundings, EquatableArray<RegistryRow> Rows, EquatableArray<HookModel> Hooks, EquatableArray<InjectionModel> Injections);
