namespace Flame.Cli.Tests.Running;

/// <summary>A program that somebody looks at: one call runs, one has failed, one has given a result, and an executor has said something.</summary>
public sealed class ViewedProgram : IAsyncLifetime
{
    internal Machine Machine { get; } = new();

    internal Child Parent { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Parent = await Machine.StartAsync();

        // From now on all is watched.
        await Machine.ObjectsAsync("ps");
        await Parent.Input.WriteLineAsync("say one-line");
        await Parent.NextAsync("said");
        await Parent.Input.WriteLineAsync("say moves-<esc>[2Jthe-cursor");
        await Parent.NextAsync("said");
        await Parent.Input.WriteLineAsync("add 2 3");
        await Parent.NextAsync("sum 5");
        await Parent.Input.WriteLineAsync("fail on-purpose");
        await Parent.NextAsync("failed");
        await Parent.Input.WriteLineAsync("hold held");
        await Parent.NextAsync("running held");
    }

    public async ValueTask DisposeAsync() => await Machine.DisposeAsync();
}
