using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Flame.Fuzz;

/// <summary>Which branches of the instrumented copies an input takes, and how often, about.</summary>
internal sealed unsafe class Coverage
{
    private const int Size = 64 * 1024;

    private static readonly byte* s_map = (byte*)NativeMemory.AllocZeroed(Size);

    private readonly byte[] _seen = new byte[Size];

    /// <summary>Whether anything here is instrumented.</summary>
    public static bool Exists => Taken.ContainsAnyExcept((byte)0);

    /// <summary>How many branches were taken so far.</summary>
    public int Branches { get; private set; }

    private static Span<byte> Taken => new(s_map, Size);

    public static void Begin()
    {
        Taken.Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether the input took a branch that none took before, or one much more often.</summary>
    public bool IsNew()
    {
        var found = false;
        var rest = Taken;
        for (var at = rest.IndexOfAnyExcept((byte)0); at >= 0;)
        {
            var often = Bucket(s_map[at]);
            if ((_seen[at] & often) == 0)
            {
                if (_seen[at] == 0) Branches++;
                _seen[at] |= often;
                found = true;
            }

            var next = Taken[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return found;
    }

    private static byte Bucket(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    // Before anything that is instrumented runs: it writes here without asking.
#pragma warning disable CA2255 // This is the application that is fuzzed.
    [ModuleInitializer]
    internal static void Prepare() => Trace.SharedMem = s_map;
#pragma warning restore CA2255
}
