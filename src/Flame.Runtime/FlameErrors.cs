using System.Globalization;
using Flame.Links;

namespace Flame;

/// <summary>Every runtime message in one place: what is wrong, where, what to do. Ids are stable; docs/rules has a page for each.</summary>
internal static class FlameErrors
{
    public static InvalidOperationException NotStarted() => new(
        "FLM2001: No Flame runs in this process. Call builder.AddFlame() and start the host, or await FlameApplication.StartAsync() first; for plain local calls use Type.Local.Method(…).");

    public static ObjectDisposedException HaveEnded() => new(
        nameof(FlamePools), "FLM2019: The pools of this process have ended, and nothing is sent any more. Let what still calls end before the pools are disposed or the host has stopped, or start pools again.");

    public static InvalidOperationException NoPoolsInExecutor() => new(
        "FLM2001: This executor has no pools. Set FlameBuilder.PoolsInExecutors to give it the declared ones; plain calls and blocks run in place here.");

    public static InvalidOperationException UnknownPool(string pool, IEnumerable<string> known) => new(
        $"FLM2002: There is no pool '{pool}'. Declared are: {string.Join(", ", known.Order(StringComparer.Ordinal))}. Add it with AddPool(\"{pool}\") or under Flame:Pools:{pool}.");

    public static RemoteException Remote(string pool, string executor, string method, string type, string message, string stack) => new(
        "FLM2003", $"{method} threw {type} on executor {executor}: {message}", type, message, stack)
    { Pool = pool, Executor = executor, Method = method };

    public static ExecutorLostException Lost(string pool, string executor, string method, bool mayHaveRun, string reason) => new(
        "FLM2004",
        $"Executor {executor} was lost during {method}: {reason}. "
        + (mayHaveRun ? "The method may have run; mark it Idempotent to have it run again." : "The method had not started."),
        mayHaveRun, reason)
    { Pool = pool, Executor = executor, Method = method };

    public static CallTimeoutException QueueTimeout(FlamePool pool, PendingCall call, Exception? lastBootError)
    {
        var own = call.Options?.QueueTimeout;
        var budget = own ?? pool.Options.QueueTimeout;
        return new(
            "FLM2005",
            $"{call.Method.Name} found no executor of pool '{pool.Name}' within {Seconds(budget)} ({Whose("QueueTimeout", own)})."
            + (lastBootError is null ? " Raise Max or QueueTimeout." : $" The last boot failed: {lastBootError.Message}"),
            CallPhase.Queue, budget, lastBootError)
        { Pool = pool.Name, Method = call.Method.Name };
    }

    public static CallTimeoutException ExecutionTimeout(string pool, string executor, PendingCall call) => new(
        "FLM2006",
        $"{call.Method.Name} did not end on executor {executor} within {Seconds(call.Budget)} ({Whose("Timeout", call.Options?.Timeout)}).",
        CallPhase.Execution, call.Budget, null)
    { Pool = pool, Executor = executor, Method = call.Method.Name };

    public static QueueFullException QueueFull(string pool, string method, int limit) => new(
        "FLM2007", $"{method}: the queue of pool '{pool}' is full ({limit} calls wait). Slow the callers down, or raise Max or QueueLimit.", limit)
    { Pool = pool, Method = method };

    public static BootFailedException BootFailed(string pool, string executor, string backend, int attempts, string words, Exception? inner) => new(
        "FLM2008", $"No executor of pool '{pool}' could be booted by {backend}: {words}", backend, attempts, inner)
    { Pool = pool, Executor = executor };

    public static PoolDrainingException Draining(string pool, string method) => new(
        "FLM2009", $"{method} was refused: pool '{pool}' is shutting down.")
    { Pool = pool, Method = method };

    public static PayloadException PayloadTooLarge(string method, string what, long size, int limit) => new(
        "FLM2010", $"{method}: ", string.Create(CultureInfo.InvariantCulture, $"the size of the {what} passes the limit of {limit:N0} bytes (at {size:N0}). Send less, stream it, or raise MaxPayloadSize."), size, null)
    { Method = method };

    public static PayloadException PayloadNotWritten(string method, string what, Exception inner) => new(
        "FLM2010", $"{method}: ", $"the {what} could not be serialized: {inner.Message}", 0, inner)
    { Method = method };

    public static PayloadException RemotePayload(string pool, string executor, string method, string words, long size) => new(
        "FLM2010", $"{method} on executor {executor}: ", words, size, null)
    { Pool = pool, Executor = executor, Method = method };

    public static PayloadException PayloadNotRead(string what, long size, Exception inner) => new(
        "FLM2010", "", $"The received {what} ({size} bytes) could not be read: {inner.Message}", size, inner);

    public static PayloadException TooMuchWaits(string method, string what, long size, int limit) => new(
        "FLM2010", $"{method}: ", string.Create(CultureInfo.InvariantCulture, $"with this {what}, more than the limit of {limit:N0} bytes would wait for the caller to take it ({size:N0}). Report less often, or raise MaxPayloadSize."), size, null)
    { Method = method };

    public static RemoteException CallerThrew(string method, string name, in Wire.FailureBody failure) => new(
        "FLM2020", $"{method}: '{name}' is its caller's, and threw {failure.Type} there: {failure.Message}", failure.Type, failure.Message, failure.Stack)
    { Method = method };

    public static OperationCanceledException CancelledFromOutside(string method, string pool) => new(
        $"FLM2021: {method} on pool '{pool}' was cancelled by somebody who watches it, not by its caller.");

    public static PayloadException CallersPayload(string method, string words, long size) => new("FLM2010", $"{method}: ", words, size, null)
    { Method = method };

    public static InvalidOperationException EnumeratedTwice(string method, string name) => new(
        $"{method}: '{name}' is its caller's, and can be enumerated once. Keep the items that are needed again.");

    public static InvalidOperationException CallHasEnded(string method) => new(
        $"The call of {method} has ended, and with it what its caller lent to it: use live arguments before the method returns.");

    public static InvalidOperationException MethodIdCollision(string first, string second) => new(
        $"FLM2011: {first} and {second} have the same id on the wire. Give one of them another [Flame(Name = …)].");

    public static InvalidOperationException ServiceMissing(Type service) => new(
        $"FLM2012: {service} is not registered in the executor's container. Register it where AddFlame() is called, for example services.AddScoped<{service.Name}>().");

    public static InvalidOperationException BlockNotPrepared() => new(
        "FLM2013: This block cannot be sent: its call was compiled without Flame's generator. Reference the package Flame where the call stands, and call the method on a FlameCaller directly.");

    public static InvalidOperationException BlockUnknown(string name) => new(
        $"FLM2014: This build has no block '{name.ReplaceLineEndings(" ")}'. Parent and executor must be the same build, and a trimmer must not remove the type that declares it.");

    public static InvalidOperationException CaptureNotFound(string name, string capture) => new(
        $"FLM2014: The block '{name.ReplaceLineEndings(" ")}' does not keep '{capture}' where it is looked for. Copy it to a local variable in front of the call, and use that.");

    public static PlatformNotSupportedException OpenBlockInNativeProgram() => new(
        "FLM2017: A block in generic code cannot be sent by a program that is compiled ahead of time, which has no code for types that only show when it runs. Make the method around it not generic, or publish without PublishAot.");

    public static InvalidOperationException DetachedStream(string method) => new(
        $"FLM2015: {method} is a stream, which ends with the parent that takes its items: it cannot be Detached. Let a method without a stream do what shall go on.");

    public static InvalidOperationException NotIdempotent(string method) => new(
        $"FLM2015: {method} is not idempotent, so Retry cannot run it again. Where running it twice does no harm, mark it [Flame(Idempotent = true)], or set Idempotent = true beside Retry.");

    public static InvalidOperationException RetriedLoan(string method) => new(
        $"FLM2015: {method} was given a stream, items or a progress, which one attempt uses up, so it can have no Retry. Send the data itself, or try again where the stream is opened.");

    public static InvalidOperationException RetriedCast(string method) => new(
        $"FLM2015: nobody waits for the end of a cast of {method}, so it can have no Retry. Call it with Spawn instead.");

    public static InvalidOperationException NoProxy(Type service, Type type) => new(
        $"FLM2016: No proxy was generated that injects {type} as {service}. Name both types where AddFlameProxy is called, in a project that references Flame.");

    private static string Whose(string option, TimeSpan? own) => own is null ? option : $"{option} of this call";

    public static InvalidOperationException BatchResults(string method, int items, int? results) => new(
        $"FLM2018: {method} was given {items} item{(items == 1 ? "" : "s")} and returned {results switch { null => "null", 1 => "1 result", _ => $"{results} results" }}. A method marked [FlameBatch] returns one result for each item, in their order.");

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");

    public static InvalidOperationException AssemblyNotLoaded(string name, Exception why) => new(
        $"FLM2120: {name} cannot be loaded into this process: {why.Message} Pass the bytes of an assembly that was compiled for .NET 10 or earlier.", why);

    public static InvalidOperationException HooksLoadedLater() => new(
        "FLM2121: It has methods marked [FlameEnter] or [FlameExit], which run when an executor starts and ends: an assembly that is loaded later has none. Put them into the program.");

    public static InvalidOperationException AssemblyNotLoadedThere(string name, string executor, Exception why) => new(
        $"FLM2122: Executor {executor} could not load {name}, so it is loaded nowhere: {why.Message}", why);

    public static ObjectDisposedException Unloaded(string method) => new(
        nameof(FlameAssembly), $"FLM2123: {method} belongs to an assembly that was disposed. Keep its FlameAssembly for as long as it is called.");
}
