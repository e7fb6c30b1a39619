using System.Runtime.InteropServices;

namespace Flame.Progress;

/// <summary>The terminal behind standard error, asked itself: the framework's console knows the size of that behind standard output.</summary>
internal static partial class Terminal
{
    private const int StandardError = 2;
    private const int LinuxGetsSize = 0x5413;

    /// <summary>Rows and columns; nothing where it is no terminal, or one that does not say.</summary>
    public static (int Rows, int Columns) Size()
    {
        if (OperatingSystem.IsLinux()) return Native.ioctl(StandardError, LinuxGetsSize, out var size) == 0 ? (size.Rows, size.Columns) : default;
        if (OperatingSystem.IsWindows() || Console.IsErrorRedirected || Console.IsOutputRedirected) return default;
        return (Console.WindowHeight, Console.WindowWidth);
    }

    /// <summary>Whether lines can change in place there.</summary>
    public static bool IsThere() => Size() is { Rows: > 0, Columns: > 0 };

    [StructLayout(LayoutKind.Sequential)]
    private struct Window
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    private static partial class Native
    {
#pragma warning disable IDE1006 // The name is the system's.
        [LibraryImport("libc")]
        internal static partial int ioctl(int file, nuint request, out Window size);
#pragma warning restore IDE1006
    }
}
