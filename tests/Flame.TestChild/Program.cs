using System.Diagnostics;
using System.Globalization;
using Flame;
using Flame.Backends;

// What the process tests boot. The first argument is the mode; what it prints first says that it is in place.
switch (args)
{
    case ["exit", var code]:
        return int.Parse(code, CultureInfo.InvariantCulture);

    case ["print", var count, var exitCode]:
        for (var i = 1; i <= int.Parse(count, CultureInfo.InvariantCulture); i++)
            (i % 2 == 0 ? Console.Error : Console.Out).WriteLine($"line {i}");
        return int.Parse(exitCode, CultureInfo.InvariantCulture);

    case ["long-line", var length]:
        Console.Out.WriteLine(new string('x', int.Parse(length, CultureInfo.InvariantCulture)));
        return 0;

    case ["abort"]:
        Environment.FailFast("the child aborts");
        return 0;

    case ["throw"]:
        throw new InvalidOperationException("the child throws");

    case ["until-stdin-ends"]:
        Console.Out.WriteLine("ready");
        while (Console.In.Read() >= 0)
        {
        }

        return 7;

    case ["environment"]:
        Console.Out.WriteLine($"dump {Environment.GetEnvironmentVariable(FlameParent.Variable)}");
        Console.Out.WriteLine($"executor {FlameParent.Current?.Executor}");
        Console.Out.WriteLine($"left {Environment.GetEnvironmentVariable(FlameParent.Variable) is not null}");
        Console.Out.WriteLine($"folder {Environment.CurrentDirectory}");
        return 0;

    case ["grandchild", var end]:
        ProcessGroup.Lead();
        using (var sleep = Process.Start("sleep", ["300"]))
            Console.Out.WriteLine($"grandchild {sleep.Id}");
        if (end == "stay") return Forever();
        if (end == "go") return 0;
        if (end == "leave-nothing-alone") UntilOrphaned();
        ProcessGroup.KillRest();
        Console.Out.WriteLine("left nothing");
        return 7;

    // A parent that can be killed before what it started has cleaned up.
    case ["parent-of-grandchild"]:
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["grandchild", "leave-nothing-alone"]) { RedirectStandardInput = true });
        return Forever();

    case ["ignore"]:
        using (System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context => context.Cancel = true))
        {
            Console.Out.WriteLine("ready");
            return Forever();
        }

    // An executor with every thread of the pool blocked, that watches its parent and has a grandchild.
    case ["watch"]:
        ProcessGroup.Lead();
        ParentWatch.Start(() =>
        {
            ProcessGroup.KillOwn();
            Environment.Exit(9);
        });
        using (var sleep = Process.Start("sleep", ["300"]))
            Console.Out.WriteLine($"watching {Environment.ProcessId} {sleep.Id}");
        for (var i = 0; i < 200; i++)
            ThreadPool.QueueUserWorkItem(static _ => Forever());
        return Forever();

    // A parent with one executor of the mode above.
    case ["parent"]:
        var backend = new LocalProcessBackend(Environment.ProcessPath!, "watch");
        await backend.StartAsync(new BootRequest("p", "p/1", "none", line => Console.Out.WriteLine(line.Text)), CancellationToken.None);
        return Forever();

    default:
        Console.Error.WriteLine($"unknown mode {string.Join(' ', args)}");
        return 64;
}

static int Forever()
{
    Thread.Sleep(Timeout.Infinite);
    return 0;
}

// The system closes the parent's files before it gives its children to another.
static void UntilOrphaned()
{
    var parent = ParentId();
    while (Console.In.Read() >= 0)
    {
    }

    while (ParentId() == parent)
        Thread.Yield();
}

static string ParentId() => File.ReadAllText("/proc/self/stat").Split(' ')[3];
