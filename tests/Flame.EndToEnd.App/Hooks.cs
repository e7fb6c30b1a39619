namespace Flame.EndToEnd.App;

internal static class Hooks
{
    [FlameEnter]
    public static async Task EnterAsync(CancellationToken ct)
    {
        if (Setup.Has("enter-hangs"))
        {
            Console.WriteLine("entering");
            await Task.Delay(Timeout.Infinite, ct);
        }

        if (Setup.Has("enter-ignores-its-token"))
        {
            ct.Register(() => Console.WriteLine("told"));
            Console.WriteLine("entering");
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }

        if (Setup.Has("enter-throws")) throw new InvalidOperationException("the model is missing");
        if (Setup.Has("enter-exits"))
        {
            Console.WriteLine("no licence for this machine");
            Environment.Exit(9);
        }
    }

    [FlameExit]
    public static async Task ExitAsync(CancellationToken ct)
    {
        if (Setup.Value("exit-notes") is { } folder) await File.WriteAllTextAsync(Path.Combine(folder, $"{Environment.ProcessId}"), "", ct);
    }
}
