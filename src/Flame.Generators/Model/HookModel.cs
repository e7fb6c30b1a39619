namespace Flame.Generators.Model;

/// <summary>A method that runs when an executor begins or ends.</summary>
/// <param name="IsEnter">Whether it runs at the beginning.</param>
/// <param name="Target">The class, fully qualified.</param>
/// <param name="Name">The method.</param>
/// <param name="IsStatic">Whether it needs no receiver.</param>
/// <param name="Awaited">Whether it returns something to await.</param>
/// <param name="Order">Orders the hooks of an assembly: file-independent and stable.</param>
/// <param name="Parameters">Services and tokens.</param>
internal sealed record HookModel(
    bool IsEnter, string Target, string Name, bool IsStatic, bool Awaited, string Order, EquatableArray<ParameterModel> Parameters);
