using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flame.Stock;

/// <summary>A piece of work that one process of this machine does at a time, and the others wait for. Given up with the process, however it ends.</summary>
internal sealed partial class Turn : IDisposable
{
    private const int OwnerOnly = 0b110_000_000;

    private readonly SafeFileHandle? _file;
    private readonly Mutex? _mutex;

    private Turn(SafeFileHandle? file, Mutex? mutex) => (_file, _mutex) = (file, mutex);

    /// <summary>Waits until it is this process's.</summary>
    public static Turn Wait(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var mutex = new Mutex(false, "flame-" + Path.GetFileName(path));
            try
            {
                mutex.WaitOne();
            }
            catch (AbandonedMutexException)
            {
                // Its last owner was killed, and it is ours now.
            }

            return new Turn(null, mutex);
        }

        // Not as .NET opens files: its own lock does not wait, but fails.
        const int Exclusive = 2;
        var file = new SafeFileHandle(Unix.creat(path, OwnerOnly), ownsHandle: true);
        if (file.IsInvalid) throw new IOException($"{path} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        while (Unix.flock(file.DangerousGetHandle().ToInt32(), Exclusive) != 0)
        {
            // Interrupted by a signal.
        }

        return new Turn(file, null);
    }

    public void Dispose()
    {
        _mutex?.ReleaseMutex();
        _mutex?.Dispose();
        _file?.Dispose();
    }

    private static partial class Unix
    {
#pragma warning disable IDE1006 // The names are the system's.
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int creat(string path, int mode);

        [LibraryImport("libc")]
        internal static partial int flock(int file, int operation);
#pragma warning restore IDE1006
    }
}
