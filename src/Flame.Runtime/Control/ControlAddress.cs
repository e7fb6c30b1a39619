using System.Globalization;
using Flame.Links;

namespace Flame.Control;

/// <summary>A socket of a parent, or of one that is dead.</summary>
/// <param name="Path">The socket.</param>
/// <param name="Name">How one of several of one process is named: <c>4711-a0b1c2d3</c>.</param>
/// <param name="Process">The process that made it.</param>
internal sealed record ControlAddress(string Path, string Name, int Process)
{
    public static ControlAddress? Read(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        return name.Split('-') is [var number, _] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? new ControlAddress(path, name, process) : null;
    }

    /// <summary>Whether no living process can have made it, and nobody listens: containers can share a directory and not the numbers of processes.</summary>
    public bool IsStale() => !SocketDirectory.MayOwn(Process, File.GetCreationTimeUtc(Path)) && SocketDirectory.Fits(Path) && !SocketDirectory.IsListening(Path);

    public void Delete()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tidying must fail nothing.
        }
    }
}
