namespace Flame.Generators.Parsing;

/// <summary>MemoryPack's formatters of the framework's generic types, which MemoryPack itself would find by reflection.</summary>
internal static class KnownFormatters
{
    private const string Generic = "System.Collections.Generic.";
    private const string Concurrent = "System.Collections.Concurrent.";
    private const string ObjectModel = "System.Collections.ObjectModel.";
    private const string Immutable = "System.Collections.Immutable.";
    private const string Frozen = "System.Collections.Frozen.";

    /// <summary>
    /// Types without parameters that MemoryPack always knows. It knows two more that a dishonest executor could use: a BitArray
    /// comes back with other bytes of the process in it, and a Type loads what it names.
    /// </summary>
    public static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "System.Version", "System.Uri", "System.TimeZoneInfo", "System.Text.StringBuilder",
        "System.Globalization.CultureInfo",
    };

    public static readonly Dictionary<string, string> Generics = new(StringComparer.Ordinal)
    {
        [Generic + "List`1"] = "List",
        [Generic + "Dictionary`2"] = "Dictionary",
        [Generic + "HashSet`1"] = "HashSet",
        [Generic + "Queue`1"] = "Queue",
        [Generic + "Stack`1"] = "Stack",
        [Generic + "LinkedList`1"] = "LinkedList",
        [Generic + "SortedSet`1"] = "SortedSet",
        [Generic + "SortedDictionary`2"] = "SortedDictionary",
        [Generic + "SortedList`2"] = "SortedList",
        [Generic + "PriorityQueue`2"] = "PriorityQueue",
        [Generic + "KeyValuePair`2"] = "KeyValuePair",
        [Generic + "IEnumerable`1"] = "InterfaceEnumerable",
        [Generic + "ICollection`1"] = "InterfaceCollection",
        [Generic + "IReadOnlyCollection`1"] = "InterfaceReadOnlyCollection",
        [Generic + "IList`1"] = "InterfaceList",
        [Generic + "IReadOnlyList`1"] = "InterfaceReadOnlyList",
        [Generic + "IDictionary`2"] = "InterfaceDictionary",
        [Generic + "IReadOnlyDictionary`2"] = "InterfaceReadOnlyDictionary",
        [Generic + "ISet`1"] = "InterfaceSet",
        [Generic + "IReadOnlySet`1"] = "InterfaceReadOnlySet",
        [Concurrent + "ConcurrentBag`1"] = "ConcurrentBag",
        [Concurrent + "ConcurrentDictionary`2"] = "ConcurrentDictionary",
        [Concurrent + "ConcurrentQueue`1"] = "ConcurrentQueue",
        [Concurrent + "ConcurrentStack`1"] = "ConcurrentStack",
        [ObjectModel + "Collection`1"] = "Collection",
        [ObjectModel + "ObservableCollection`1"] = "ObservableCollection",
        [ObjectModel + "ReadOnlyCollection`1"] = "ReadOnlyCollection",
        [Immutable + "ImmutableArray`1"] = "ImmutableArray",
        [Immutable + "ImmutableDictionary`2"] = "ImmutableDictionary",
        [Immutable + "ImmutableHashSet`1"] = "ImmutableHashSet",
        [Immutable + "ImmutableList`1"] = "ImmutableList",
        [Immutable + "ImmutableQueue`1"] = "ImmutableQueue",
        [Immutable + "ImmutableSortedDictionary`2"] = "ImmutableSortedDictionary",
        [Immutable + "ImmutableSortedSet`1"] = "ImmutableSortedSet",
        [Immutable + "ImmutableStack`1"] = "ImmutableStack",
        [Frozen + "FrozenDictionary`2"] = "FrozenDictionary",
        [Frozen + "FrozenSet`1"] = "FrozenSet",
        ["System.ArraySegment`1"] = "ArraySegment",
        ["System.Memory`1"] = "Memory",
        ["System.ReadOnlyMemory`1"] = "ReadOnlyMemory",
        ["System.Buffers.ReadOnlySequence`1"] = "ReadOnlySequence",
        ["System.Lazy`1"] = "Lazy",
        ["System.Tuple`1"] = "Tuple",
        ["System.Tuple`2"] = "Tuple",
        ["System.Tuple`3"] = "Tuple",
        ["System.Tuple`4"] = "Tuple",
        ["System.Tuple`5"] = "Tuple",
        ["System.Tuple`6"] = "Tuple",
        ["System.Tuple`7"] = "Tuple",
    };

    public static string? OfRank(int rank) => rank switch
    {
        2 => "TwoDimensionalArray",
        3 => "ThreeDimensionalArray",
        4 => "FourDimensionalArray",
        _ => null,
    };

    public static string Create(string formatter, string arguments) =>
        $"new global::MemoryPack.Formatters.{formatter}Formatter<{arguments}>()";
}
