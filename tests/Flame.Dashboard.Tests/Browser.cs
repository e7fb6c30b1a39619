using Microsoft.Playwright;

namespace Flame.Dashboard.Tests;

/// <summary>The distribution's own browser, one for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _driver;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var path = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no Chromium here. On Debian: apt-get install chromium.");
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            // As root, and in containers with a small /dev/shm.
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        });
    }

    /// <summary>A page in which nothing may go wrong unseen.</summary>
    public async Task<OpenedPage> OpenAsync(Uri address, int width = 1200, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        var opened = new OpenedPage(context, page);
        page.PageError += (_, error) => opened.Errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("ERR_", StringComparison.Ordinal)) opened.Errors.Add(message.Text);
        };
        page.Dialog += (_, dialog) =>
        {
            opened.Errors.Add($"a dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        await page.GotoAsync(address.AbsoluteUri);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _driver?.Dispose();
    }
}

/// <summary>A page of one test.</summary>
public sealed class OpenedPage(IBrowserContext context, IPage page) : IAsyncDisposable
{
    public IPage Page => page;

    public List<string> Errors { get; } = [];

    /// <summary>Makes a picture for the docs, where one is asked for, when it has shown for some time what there is to see.</summary>
    public async Task PictureAsync(string name, TimeSpan after = default)
    {
        if (Environment.GetEnvironmentVariable("FLAME_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await page.WaitForTimeoutAsync((float)after.TotalMilliseconds);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>Whether something is wider than the screen.</summary>
    public Task<bool> OverflowsAsync() => page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > window.innerWidth");

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();
        Assert.Empty(Errors);
    }
}
