using System.Runtime.InteropServices;

namespace Flame.Links;

/// <summary>
/// What Linux says of a path itself, whoever may have put it there: .NET tells the mode and not the owner. One call, for it is
/// on the way of every cold start. Other systems say nothing here, nor does a kernel or sandbox that has no such call.
/// </summary>
internal readonly partial record struct PathOwner(bool IsDirectory, int Mode, uint User)
{
    private const int HereOrAbsolute = -100;
    private const int NotThroughLinks = 0x100;
    private const uint TypeModeAndUser = 0x1 | 0x2 | 0x8;
    private const int TypeMask = 0xF000;
    private const int TypeDirectory = 0x4000;

    /// <summary>The number of the user whose process this is, on systems where users have numbers.</summary>
    public static uint ThisUser => Unix.geteuid();

    public bool IsThisUser => User == ThisUser;

    /// <summary>What it is; <see langword="null"/>: unknown, or there is nothing.</summary>
    public static unsafe PathOwner? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var name = new byte[System.Text.Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        System.Text.Encoding.UTF8.GetBytes(path, name);
        FileStatus status;
        try
        {
            fixed (byte* text = name)
            {
                if (Unix.statx(HereOrAbsolute, text, NotThroughLinks, TypeModeAndUser, &status) != 0) return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        return new PathOwner((status.Mode & TypeMask) == TypeDirectory, status.Mode & ~TypeMask, status.User);
    }

    // The layout is the same on every architecture, which that of stat is not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;
    }

    private static unsafe partial class Unix
    {
#pragma warning disable IDE1006, SYSLIB1054 // The names are the system's.
        [LibraryImport("libc")]
        internal static partial int statx(int folder, byte* path, int flags, uint mask, FileStatus* status);

        [LibraryImport("libc")]
        internal static partial uint geteuid();
#pragma warning restore IDE1006, SYSLIB1054
    }
}
