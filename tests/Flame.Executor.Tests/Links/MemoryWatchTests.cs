using Flame.Backends;

namespace Flame.Executor.Tests.Links;

public sealed class MemoryWatchTests : IDisposable
{
    private readonly LogRecorder _log = new();
    private long _used;
    private int _asked;

    [Fact]
    public void Memory_that_is_nearly_used_up_is_told_once_until_it_was_far_again()
    {
        var watch = Start(() => "Shop.Price ×3");
        foreach (var used in (long[])[10, 89, 90, 99, 85, 95, 79, 89, 91]) Look(watch, used);
        Assert.Equal(
            ["FLM3013 memory is short: 90 MiB of 100 MiB are used (its control group), and beyond that the kernel kills. Running: Shop.Price ×3",
                "FLM3013 memory is short: 91 MiB of 100 MiB are used (its control group), and beyond that the kernel kills. Running: Shop.Price ×3"],
            _log.Lines);
    }

    [Fact]
    public void Memory_is_not_looked_at_before_the_first_second_and_rarely_while_there_is_enough()
    {
        var watch = Start(() => "");
        for (var look = 0; look < 10; look++) watch.Look();
        Assert.Equal(0, _asked);
        for (var look = 0; look < 11; look++) watch.Look();
        Assert.Equal(1, _asked);
    }

    public void Dispose() => ((IDisposable)_log).Dispose();

    private MemoryWatch Start(Func<string> running) => new(
        () =>
        {
            _asked++;
            return new MemoryUse(_used * 1024 * 1024, 100 * 1024 * 1024, "its control group");
        },
        running,
        () => _log);

    private void Look(MemoryWatch watch, long used)
    {
        _used = used;
        for (var asked = _asked; asked == _asked;) watch.Look();
    }
}
