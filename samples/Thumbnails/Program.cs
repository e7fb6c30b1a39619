using Flame;
using Thumbnails;

var options = Options.Parse(args, out var exitCode);
if (options is null) return exitCode;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};

try
{
    Outcome outcome;

    // An executor is this same program, started again by the pool. It serves calls inside StartAsync and never passes it.
    await using (await FlameApplication.StartAsync(flame => flame.AddPool("ffmpeg", pool =>
    {
        pool.Max = options.Executors;
        pool.IdleShutdownAfter = TimeSpan.FromSeconds(5);
        pool.OnGrowEnd = Report.Boot;
    })))
    {
        if (!await Ffmpeg.IsInstalledAsync()) return Report.Error(Ffmpeg.HowToInstall);
        outcome = await new Job(options, stop.Token).RunAsync();
    }

    // The pool has been drained: no executor is left.
    return Report.End(outcome);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Report.Error("Cancelled.");
    return 130;
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
{
    return Report.Error(e.Message);
}
