using System.Reflection;
using Flame.Generators.Model;

namespace Flame.Generators.Tests;

public sealed class ModelShapeTests
{
    public static TheoryData<Type> Models =>
        [.. typeof(MethodModel).Assembly.GetTypes().Where(t => t.Namespace == typeof(MethodModel).Namespace && !t.IsEnum && !(t.IsAbstract && t.IsSealed) && !t.IsNested)];

    [Theory]
    [MemberData(nameof(Models))]
    public void No_model_holds_anything_of_Roslyn(Type model)
    {
        foreach (var field in model.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            Assert.DoesNotContain("Microsoft.CodeAnalysis", field.FieldType.ToString());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_model_is_compared_by_value(Type model) =>
        Assert.Contains(model.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEquatable<>));

    [Theory]
    [MemberData(nameof(Models))]
    public void No_model_holds_a_mutable_or_reference_compared_collection(Type model)
    {
        foreach (var field in model.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (model.Name.StartsWith("EquatableArray", StringComparison.Ordinal)) continue;
            Assert.False(field.FieldType.IsArray || field.FieldType.Name.StartsWith("List", StringComparison.Ordinal), field.Name);
        }
    }
}
