using System.Reflection;

namespace Flame.Backends;

/// <summary>What to start to get this program once more.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record LocalProgram(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>This program, with the arguments that it was given.</summary>
    /// <exception cref="BackendException">This process does not say what it is.</exception>
    public static LocalProgram Current() => Find(
        Environment.ProcessPath, Environment.GetCommandLineArgs(), AppContext.BaseDirectory, Assembly.GetEntryAssembly()?.GetName().Name);

    /// <summary>Whether its first argument is the assembly that the host starts.</summary>
    public bool StartsAssembly => System.IO.Path.GetFileNameWithoutExtension(Path) is "dotnet";

    internal static LocalProgram Find(string? processPath, string[] commandLine, string baseDirectory, string? entryAssembly)
    {
        if (processPath is null)
            throw new BackendException("the path of this program is unknown, so it cannot be started again", permanent: true);

        // The first element is the program itself, in every way of starting it.
        var arguments = commandLine is [_, .. var rest] ? rest : [];
        return System.IO.Path.GetFileNameWithoutExtension(processPath) is "dotnet"
            ? new LocalProgram(processPath, [AssemblyPath(commandLine, baseDirectory, entryAssembly), .. arguments])
            : new LocalProgram(processPath, arguments);
    }

    // `dotnet app.dll`: the process is the host, and the program is the assembly. Assembly.Location is no help: it is
    // empty in a single file, and the trimmer warns of it.
    private static string AssemblyPath(string[] commandLine, string baseDirectory, string? entryAssembly)
    {
        var beside = System.IO.Path.Combine(baseDirectory, entryAssembly + ".dll");
        if (entryAssembly is not null && File.Exists(beside))
            return beside;
        return commandLine is [var first, ..] && File.Exists(first)
            ? System.IO.Path.GetFullPath(first)
            : throw new BackendException($"the assembly of this program was not found: neither {beside} nor the first argument", permanent: true);
    }
}
