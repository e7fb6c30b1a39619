using Flame;

namespace Sweep;

/// <summary>Trains all variants at once, as far as the pool has executors, and stops the worst half of them on the way.</summary>
internal sealed class Search(Options options, Board board, CancellationToken ct)
{
    private const int Attempts = 3;

    private readonly Halving _halving = new(options.Steps);

    public async Task<Outcome> RunAsync()
    {
        Run[] runs = [.. Grid.Take(options.Variants).Select(variant => new Run(variant, _halving, board, ct))];
        board.Show(runs);
        await Task.WhenAll(runs.Select(TrainAsync));
        foreach (var run in runs) run.Dispose();
        return new Outcome(runs);
    }

    private async Task TrainAsync(Run run)
    {
        for (var attempt = 1; run.State is State.Waits; attempt++)
        {
            try
            {
                var call = Trainer.Remote.With(new FlameCallOptions { Tag = attempt == 1 ? $"{run.Variant}" : $"{run.Variant}, again" });
                var trained = await call.TrainAsync(run.Variant, options.Steps, run, run.Token);
                run.End(State.Done, $"{trained.Right:P1} right", trained);
            }
            catch (OperationCanceledException)
            {
                run.End(State.Stopped, run.IsStopped ? $"among the worst after {run.Losses.Length} steps" : "ended");
            }
            catch (ExecutorLostException lost) when (attempt < Attempts)
            {
                run.Again(lost.Executor);
                board.Say(run);
            }
            catch (FlameException e)
            {
                run.End(State.Failed, e.Message);
            }
        }

        board.Say(run);
    }
}
