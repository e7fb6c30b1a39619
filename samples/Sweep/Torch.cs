using System.Runtime.InteropServices;

namespace Sweep;

/// <summary>Whether PyTorch's libraries run on this machine.</summary>
internal static class Torch
{
    /// <summary>What is wrong and what to do; <see langword="null"/>: they do.</summary>
    public static string? Missing()
    {
        // As TorchSharp loads them, which says pages, and copies half a gigabyte, where it cannot.
        var torch = typeof(TorchSharp.torch).Assembly;
        if (NativeLibrary.TryLoad("torch_cpu", torch, null, out _) && NativeLibrary.TryLoad("LibTorchSharp", torch, null, out _)) return null;
        return "PyTorch's libraries do not load here. On Linux they need x64 and the C++ runtime of GCC 13 or later: Debian 13, Ubuntu 24.04, Fedora 38 or newer, "
            + "or a container of one of these, such as mcr.microsoft.com/dotnet/sdk:10.0.";
    }
}
