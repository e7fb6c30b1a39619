using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flame.EndToEnd.Tests.Processes;

/// <summary>A host whose appsettings.json is edited while it runs.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flame-reload-").FullName;
    private readonly Told _told = new();

    public void Dispose()
    {
        _told.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Edited_appsettings_changes_a_running_pool_and_a_wrong_edit_does_not()
    {
        var ct = TestContext.Current.CancellationToken;
        Write("""{ "Flame": { "Pools": { "main": { "Max": 2 } } } }""");
        using var host = Build();
        await host.StartAsync(ct);
        var pools = host.Services.GetRequiredService<FlamePools>();
        Assert.Equal(("2", "appsettings.json"), MaxOf(pools));

        Write("""{ "Flame": { "Pools": { "main": { "Max": 5, "Buffer": 1 } } } }""");
        Assert.Contains("Max 2 → 5 (appsettings.json), Buffer 0 → 1 (appsettings.json)", await _told.NextAsync("FLM3053", ct), StringComparison.Ordinal);
        Assert.Equal((5, 1), (pools["main"].Options.Max, pools["main"].Options.Buffer));

        Write("""{ "Flame": { "Pools": { "main": { "Max": "many", "Buffer": 2 } } } }""");
        Assert.Contains("FLM1001: Flame:Pools:main:Max — 'many'", await _told.NextAsync("FLM3054", ct), StringComparison.Ordinal);
        Assert.Equal((5, 1), (pools["main"].Options.Max, pools["main"].Options.Buffer));

        Assert.Empty(pools.Set("main", new Dictionary<string, string> { ["Max"] = "7" }));
        Assert.StartsWith("flame pool set, ", MaxOf(pools).From, StringComparison.Ordinal);
        await host.StopAsync(ct);
    }

    private static (string Value, string From) MaxOf(FlamePools pools)
    {
        var max = pools.Explain("main").Single(option => option.Name == "Max");
        return (max.Value, max.From);
    }

    private IHost Build()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder });
        builder.Logging.ClearProviders().AddProvider(_told);
        builder.AddFlame(flame => flame.AddPool("main"));
        return builder.Build();
    }

    // Whole or not at all, as an editor does it.
    private void Write(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "new"), json);
        File.Move(Path.Combine(_folder, "new"), Path.Combine(_folder, "appsettings.json"), overwrite: true);
    }

    private sealed class Told : ILoggerProvider, ILogger
    {
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public async Task<string> NextAsync(string id, CancellationToken ct)
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(ct);
                if (line.StartsWith(id, StringComparison.Ordinal)) return line;
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Writer.TryWrite(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
