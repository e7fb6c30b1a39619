using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Flame.Backends;
using Xunit;

namespace Flame.Tests.Backends;

/// <summary>What the tests of real processes share: a child program, its output as it comes, and its end.</summary>
public abstract class LocalProcessTests
{
    private protected const string Secret = "the-secret-value-of-flame-parent";

    private protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private protected static string Child => Path.Combine(AppContext.BaseDirectory, "Flame.TestChild");

    private protected static async Task<Booted> BootAsync(params string[] mode) => await BootWithAsync(Secret, mode);

    private protected static async Task<Booted> BootWithAsync(string variable, params string[] mode)
    {
        var lines = Channel.CreateUnbounded<OutputLine>();
        var all = new ConcurrentQueue<OutputLine>();
        var request = new BootRequest("gpu", "gpu/1", variable, line =>
        {
            all.Enqueue(line);
            lines.Writer.TryWrite(line);
        });
        var executor = await new LocalProcessBackend(Child, mode).StartAsync(request, CancellationToken.None);
        return new Booted(executor, lines.Reader, all);
    }

    /// <summary>Waits for a process of another's to be gone, a zombie counting as gone.</summary>
    private protected static async Task GoneAsync(int pid)
    {
        var clock = Stopwatch.StartNew();
        while (IsAlive(pid))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"process {pid} is still alive");
            await Task.Delay(5);
        }
    }

    private protected static bool IsAlive(int pid)
    {
        try
        {
            // The state stands behind the name, which is in brackets.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private protected sealed record Booted(BackendExecutor Executor, ChannelReader<OutputLine> Lines, IReadOnlyCollection<OutputLine> All) : IAsyncDisposable
    {
        public int Pid => int.Parse(Executor.Description.Split(' ')[1], CultureInfo.InvariantCulture);

        public async Task<string> NextLineAsync() => (await Lines.ReadAsync().AsTask().WaitAsync(Patience)).Text;

        public async Task<string> EndAsync() => (await Executor.Exited.WaitAsync(Patience)).Reason;

        public ValueTask DisposeAsync() => Executor.DisposeAsync();
    }
}
