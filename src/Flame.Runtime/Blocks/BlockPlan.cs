using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Flame.Blocks;

/// <summary>
/// Where the compiler put a block and what it captures. A lambda's variables are fields of a closure object, which may
/// hold on to the closure of an outer scope; one that uses only <c>this</c> is a method of the class itself.
/// </summary>
/// <remarks>The names are the compiler's own: <c>&lt;&gt;4__this</c>, <c>CS$&lt;&gt;8__locals1</c>. A test holds them for each shape of block.</remarks>
internal sealed class BlockPlan
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const string This = "<>4__this";
    private const string OuterClosure = "CS$<>8__locals";

    private readonly CapturePath[] _captures;

    private BlockPlan(string name, MethodInfo method, Type? target, CapturePath[] captures)
    {
        Name = name;
        Method = method;
        Target = target;
        _captures = captures;
    }

    /// <summary>The block's name in this build: the type that declares it, and the method.</summary>
    public string Name { get; }

    public MethodInfo Method { get; }

    /// <summary>The type of the object that it runs on; <see langword="null"/>: none.</summary>
    public Type? Target { get; }

    /// <exception cref="InvalidOperationException">The compiler put something where it is not known to.</exception>
    public static BlockPlan Of(string name, MethodInfo method, Type? target, string[] captures) =>
        new(name, method, target, Array.ConvertAll(captures, capture => Find(target, capture) ?? throw FlameErrors.CaptureNotFound(name, capture)));

    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "Generated code keeps the type that declares the block whole, its closures included.")]
    public object? NewTarget() => Method.IsStatic ? null : RuntimeHelpers.GetUninitializedObject(Method.DeclaringType!);

    public Type TypeOf(int index) => _captures[index].Field?.FieldType ?? Target!;

    public object? Get(object? target, int index)
    {
        var path = _captures[index];
        foreach (var link in path.Links) target = link.GetValue(target);
        return path.Field is { } field ? field.GetValue(target) : target;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "Generated code keeps the type that declares the block whole, its closures included.")]
    public void Set(ref object? target, int index, object? value)
    {
        var path = _captures[index];
        if (path.Field is not { } field)
        {
            target = value;
            return;
        }

        var holder = target!;
        foreach (var link in path.Links)
        {
            if (link.GetValue(holder) is not { } next) link.SetValue(holder, next = RuntimeHelpers.GetUninitializedObject(link.FieldType));
            holder = next;
        }

        field.SetValue(holder, value);
    }

    private static CapturePath? Find(Type? target, string capture)
    {
        if (target is null) return null;
        var (name, member) = capture.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? (capture[..dot], capture[(dot + 1)..]) : (capture, null);
        if (!IsClosure(target)) return name == "this" ? Member(new CapturePath([], null), target, member) : null;
        return FindInClosure(target, name == "this" ? This : name, []) is { } found ? Member(found, found.Field!.FieldType, member) : null;
    }

    private static CapturePath? Member(CapturePath path, Type type, string? member)
    {
        if (member is null) return path;
        FieldInfo[] links = path.Field is { } last ? [.. path.Links, last] : path.Links;
        for (Type? current = type; current is not null; current = BaseOf(current))
        {
            if (FieldOf(current, member) is { } field) return new CapturePath(links, field);
        }

        return null;
    }

    private static CapturePath? FindInClosure(Type closure, string name, FieldInfo[] links)
    {
        if (FieldOf(closure, name) is { } field) return new CapturePath(links, field);
        foreach (var outer in FieldsOf(closure))
        {
            if (outer.Name.StartsWith(OuterClosure, StringComparison.Ordinal)
                && FindInClosure(outer.FieldType, name, [.. links, outer]) is { } found) return found;
        }

        return null;
    }

    private static bool IsClosure(Type type) => type.Name.StartsWith("<>c", StringComparison.Ordinal);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Generated code keeps the type that declares the block whole, its closures included.")]
    private static FieldInfo? FieldOf(Type type, string name) => type.GetField(name, Declared);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Generated code keeps the type that declares the block whole, its closures included.")]
    private static FieldInfo[] FieldsOf(Type type) => type.GetFields(Declared);

    private static Type? BaseOf(Type type) => type.BaseType;

    /// <summary>From the object that a block runs on to a captured value: through these fields, then this one, or none.</summary>
    private readonly record struct CapturePath(FieldInfo[] Links, FieldInfo? Field);
}
