using System.ComponentModel;
using System.Diagnostics;

namespace Flame.Backends;

/// <summary>
/// Executors are processes of this host: the same program, arguments and working directory, and the environment plus
/// <c>FLAME_PARENT</c>. The default; needs no configuration.
/// </summary>
public sealed class LocalProcessBackend : FlameBackend
{
    private readonly Lazy<LocalProgram> _program;

    /// <summary>Executors are this program.</summary>
    public LocalProcessBackend() => _program = new Lazy<LocalProgram>(LocalProgram.Current, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>
    /// Executors are processes of this host that begin as a stock executor, without this program, and get it from here. For trying what happens on other
    /// machines: on this one, the other way has less to do.
    /// </summary>
    /// <param name="executor">The path of the stock executor: <c>flame-executor.dll</c>, or a program.</param>
    /// <returns>The backend.</returns>
    public static LocalProcessBackend FromStock(string executor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(executor);
        return executor.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? new LocalProcessBackend("dotnet", executor) : new LocalProcessBackend(executor);
    }

    internal LocalProcessBackend(string path, params string[] arguments) => _program = new Lazy<LocalProgram>(new LocalProgram(path, arguments));

    /// <inheritdoc />
    public override string Name => "local";

    /// <inheritdoc />
    public override async Task<BackendExecutor> StartAsync(BootRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);

        // To start a process takes milliseconds of the calling thread, and the caller has a pool to run.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ct.ThrowIfCancellationRequested();

        var program = _program.Value;
        var kernelKills = KernelKills.Count();
        request.Clock?.ProcessBegins();
        return new LocalExecutor(Start(program, request), new ExecutorOutput(request), kernelKills);
    }

    internal override Task<string> CheckAsync(BackendOpening opening, CancellationToken ct) => Task.FromResult($"executors are processes of this machine: {_program.Value.Path}");

    private static Process Start(LocalProgram program, BootRequest request)
    {
        var start = new ProcessStartInfo(program.Path, program.Arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Environment.CurrentDirectory,

            // Never written to. Its end of file tells the executor that this process is gone, however it ended.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // In the environment, which only the same user can read; the command line is for everybody.
        start.Environment[FlameParent.Variable] = request.ParentVariable;

        try
        {
            return Process.Start(start) ?? throw new BackendException($"{program.Path} could not be started", permanent: true);
        }
        catch (Win32Exception exception)
        {
            throw new BackendException($"{program.Path} could not be started: {exception.Message}", !IsShortage(exception.NativeErrorCode), exception);
        }
    }

    // Out of processes, memory or file handles passes; a missing file or permission doesn't.
    private static bool IsShortage(int error) => OperatingSystem.IsWindows()
        ? error is 4 or 8 or 14 or 1450 or 1455
        : error is 12 or 23 or 24 || error == (OperatingSystem.IsMacOS() ? 35 : 11);
}
