using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Flame.Tuning;

/// <summary>Waits for configuration to change, and has it read again once a burst of changes is over: an editor writes a file in pieces.</summary>
internal sealed class ConfigurationWatch : IDisposable
{
    private static readonly TimeSpan s_burst = TimeSpan.FromMilliseconds(250);

    private readonly ITimer _timer;
    private readonly IDisposable _registration;

    public ConfigurationWatch(IConfiguration configuration, TimeProvider time, Action changed)
    {
        _timer = time.CreateTimer(static read => ((Action)read!)(), changed, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _registration = ChangeToken.OnChange(configuration.GetReloadToken, Changed);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _timer.Dispose();
    }

    // A timer that is disposed says false and is not set.
    private void Changed() => _timer.Change(s_burst, Timeout.InfiniteTimeSpan);
}
