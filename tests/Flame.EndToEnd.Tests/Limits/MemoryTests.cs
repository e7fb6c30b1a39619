using Flame.EndToEnd.Tests.Calls;
using Flame.EndToEnd.Tests.Processes;

namespace Flame.EndToEnd.Tests.Limits;

public sealed class MemoryTests
{
    private const long Limit = 400 * 1024 * 1024;

    [Fact]
    public async Task Executor_near_its_limit_of_memory_says_so_before_the_kernel_kills_it()
    {
        using var group = MemoryGroup.TryCreate(Limit);
        Assert.SkipWhen(group is null, "It takes root and a control group of memory that may have others below it.");
        await using var app = AppProcess.Start("/bin/sh", ["-c", "echo $$ > \"$0\" && exec \"$@\"", group.Processes, AppProcess.Path, "host", "grow"]);
        Assert.Contains("out of memory (killed by the kernel)", await app.NextAsync("failed"), StringComparison.Ordinal);
        Assert.Equal(0, await app.EndAsync());

        var (told, gone) = (app.Output.IndexOf("FLM3013", StringComparison.Ordinal), app.Output.IndexOf("FLM3006", StringComparison.Ordinal));
        Assert.InRange(told, 0, gone);
        Assert.Matches(@"FLM3013 memory is short: [0-9]+ MiB of 400 MiB are used \(its control group\).*Jobs\.GrowAsync", app.Output);
    }
}
