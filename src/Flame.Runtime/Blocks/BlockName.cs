using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Flame.Blocks;

/// <summary>
/// What a block is called on the wire: the type, the method, its type arguments, and its signature where several methods
/// have the name. Both ends are the same build, so the compiler's own names mean the same to both.
/// </summary>
internal static class BlockName
{
    private const char Separator = '\n';

    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static string Of(MethodInfo method, Assembly home)
    {
        var type = method.DeclaringType!;
        var arguments = method.IsGenericMethod ? string.Join(Separator, method.GetGenericArguments().Select(a => a.AssemblyQualifiedName)) : "";
        var definition = method.IsGenericMethod ? method.GetGenericMethodDefinition() : method;
        return string.Join(Separator, type.Assembly == home ? type.FullName : type.AssemblyQualifiedName, method.Name, Overload(definition), arguments);
    }

    /// <exception cref="InvalidOperationException">This build has no such method.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated code keeps the type that declares the block whole.")]
    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = "Generated code keeps the type that declares the block whole.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "A block has no annotated type parameters.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "A program that is compiled ahead of time finds no block of generic code here: OpenBlocks.Demand.")]
    public static MethodInfo Find(string name, Assembly home)
    {
        var parts = name.Split(Separator);
        if (parts.Length < 4) throw FlameErrors.BlockUnknown(name);
        var type = home.GetType(parts[0]) ?? Type.GetType(parts[0]) ?? throw FlameErrors.BlockUnknown(name);
        var method = MethodsOf(type, parts[1]).FirstOrDefault(m => parts[2].Length == 0 || m.ToString() == parts[2]) ?? throw FlameErrors.BlockUnknown(name);
        if (!method.IsGenericMethodDefinition) return method;
        var arguments = parts.Skip(3).Select(a => Type.GetType(a) ?? throw FlameErrors.BlockUnknown(name)).ToArray();
#pragma warning disable RS0030 // A local function of a generic method has its type arguments from the caller.
        return method.MakeGenericMethod(arguments);
#pragma warning restore RS0030
    }

    private static string Overload(MethodInfo method) => MethodsOf(method.DeclaringType!, method.Name).Skip(1).Any() ? method.ToString()! : "";

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Generated code keeps the type that declares the block whole.")]
    private static IEnumerable<MethodInfo> MethodsOf(Type type, string name) => type.GetMember(name, MemberTypes.Method, Declared).Cast<MethodInfo>();
}
