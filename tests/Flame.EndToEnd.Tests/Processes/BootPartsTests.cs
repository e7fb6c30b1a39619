using System.Globalization;
using System.Text.RegularExpressions;
using Flame.EndToEnd.Tests.Calls;

namespace Flame.EndToEnd.Tests.Processes;

public sealed class BootPartsTests
{
    [Fact]
    public async Task Boot_of_a_process_is_logged_in_one_line_with_its_parts_which_are_no_longer_than_the_whole()
    {
        var log = new LogRecorder();
        await using var pools = await TestPools.StartAsync(f => f.AddPool("main", p => (p.Min, p.Max) = (1, 1)), log);
        var line = (await log.WhenAsync("FLM3002 main/1 is ready")).Text;
        var times = Regex.Match(line, @"booted in (\d+) ms \(runtime (\d+) ms, connect (\d+) ms, enter (\d+) ms\)$");
        Assert.True(times.Success, line);
        var (whole, parts) = (int.Parse(times.Groups[1].Value, CultureInfo.InvariantCulture), times.Groups.Values.Skip(2).Sum(part => int.Parse(part.Value, CultureInfo.InvariantCulture)));

        // Each is rounded.
        Assert.InRange(parts, 0, whole + 3);
    }
}
