namespace Flame.Telemetry;

/// <summary>
/// Whether anybody in this process can listen to traces or metrics at all. Who does has loaded the framework's library for them; to load it
/// takes ten milliseconds and more, so Flame itself never is the first: a program without telemetry does not pay for it.
/// </summary>
internal static class Listening
{
    private const string Library = "System.Diagnostics.DiagnosticSource,";

    private static volatile bool s_isPossible;
    private static int s_looks;

    /// <summary>All that a call asks where nobody listens.</summary>
    public static bool IsPossible => s_isPossible;

    /// <summary>Looks for the library, now and whenever one is loaded. At the start of pools, never in a call.</summary>
    public static void Look()
    {
        if (Interlocked.Exchange(ref s_looks, 1) != 0) return;
        AppDomain.CurrentDomain.AssemblyLoad += OnLoad;
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Found(assembly.FullName);
    }

    /// <summary>Somebody is known to listen: a call came with a context, or an exporter was set up.</summary>
    public static void Begin() => s_isPossible = true;

    private static void OnLoad(object? sender, AssemblyLoadEventArgs loaded) => Found(loaded.LoadedAssembly.FullName);

    private static void Found(string? name)
    {
        if (s_isPossible || name is null || !name.StartsWith(Library, StringComparison.Ordinal)) return;
        s_isPossible = true;
        AppDomain.CurrentDomain.AssemblyLoad -= OnLoad;
    }
}
