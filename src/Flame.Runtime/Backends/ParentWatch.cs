using System.Runtime.InteropServices;

namespace Flame.Backends;

/// <summary>
/// The executor's side of a local parent's death: the parent holds the write end of this process's standard input
/// and never writes, so its end of file means that the parent is gone, even by <c>kill -9</c>. A thread of its own
/// waits for it, because the thread pool may be full of the user's code.
/// </summary>
internal static partial class ParentWatch
{
    private const int StackSize = 256 * 1024;

    /// <summary>Starts to watch; call it once, and only in an executor of the local backend.</summary>
    /// <param name="parentGone">Called once, on the watching thread.</param>
    public static void Start(Action parentGone)
    {
        // A copy: user code may close standard input, and its number would then be given to another file.
        var input = OperatingSystem.IsWindows() ? -1 : Unix.dup(0);
        new Thread(() => Watch(input, parentGone), StackSize) { IsBackground = true, Name = "flame-parent-watch" }.Start();
    }

    private static void Watch(int input, Action parentGone)
    {
        if (OperatingSystem.IsWindows())
            WaitOnWindows();
        else
            WaitOnUnix(input);
        parentGone();
    }

    private static void WaitOnWindows()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        try
        {
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A broken pipe says the same as its end.
        }
    }

    private static unsafe void WaitOnUnix(int input)
    {
        const int Interrupted = 4;
        byte* ignored = stackalloc byte[64];
        while (true)
        {
            // poll, for a blocking read would come back at once when a grandchild that inherited the pipe made it
            // non-blocking: that mode belongs to the pipe's open end, and not to one process.
            var entry = new PollEntry { File = input, Events = 1 };
            if (Unix.poll(&entry, 1, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Interrupted)
                    continue;
                return;
            }

            var count = Unix.read(input, ignored, 64);
            if (count == 0 || (count < 0 && (entry.Events & entry.Returned) == 0))
                return;
        }
    }

    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Returned;
    }

    private static unsafe partial class Unix
    {
#pragma warning disable IDE1006 // The names are the system's.
        [LibraryImport("libc")]
        internal static partial int dup(int file);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int poll(PollEntry* entries, nuint count, int milliseconds);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint read(int file, byte* buffer, nuint count);
#pragma warning restore IDE1006
    }
}
