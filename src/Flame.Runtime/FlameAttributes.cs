namespace Flame;

/// <summary>
/// Marks a method that runs on a pool of executors. A direct call becomes remote at compile time in the parent and
/// stays local inside an executor; <c>Type.Remote.Method(…)</c>, <c>Type.Local.Method(…)</c>, <c>Type.Spawn.Method(…)</c> and
/// <c>Type.Cast.Method(…)</c> say which one is meant.
/// </summary>
/// <remarks>
/// The method is static, or an instance method of a class that the executor resolves from its own container, and
/// returns <see cref="Task"/>, <see cref="Task{TResult}"/>, <see cref="ValueTask"/>, <see cref="ValueTask{TResult}"/>
/// or <see cref="IAsyncEnumerable{T}"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FlameAttribute : Attribute
{
    /// <summary>The name of the pool that runs the method. Default: <c>"default"</c>.</summary>
    public string Pool { get; set; } = FlamePoolOptions.DefaultPoolName;

    /// <summary>
    /// The stable name of the method on the wire. Default: the full signature, so that a rename is a new method.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Whether the method may run again when its executor is lost after it may have started. Default:
    /// <see langword="false"/>: a lost executor then fails the call with <see cref="ExecutorLostException"/>.
    /// </summary>
    public bool Idempotent { get; set; }

    /// <summary>
    /// How long one execution may take, as a <see cref="TimeSpan"/> in invariant form, for example
    /// <c>"00:01:30"</c>. Default: the pool's <see cref="FlamePoolOptions.Timeout"/>.
    /// </summary>
    public string? Timeout { get; set; }
}

/// <summary>
/// Marks a method, beside <see cref="FlameAttribute"/>, that takes many items at once and returns a result for each, in
/// their order: <c>Task&lt;R[]&gt; F(T[] items)</c>. Its form for one item, <c>Type.Batched.F(item)</c>, returns
/// <c>Task&lt;R&gt;</c>: what callers of the same time pass is sent in one call. Inside an executor, and under
/// <see cref="FlameMode.Local"/>, it is a call in place with one item.
/// </summary>
/// <remarks>
/// The items are the first parameter; beside them there may be a <see cref="CancellationToken"/> and parameters marked
/// <see cref="FromServicesAttribute"/>, since everything else would have to be the same for all callers. A batch that
/// fails fails each of its callers, with the same exception.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FlameBatchAttribute : Attribute
{
    /// <summary>Items of one call at most: so many are sent at once. At least 1. Default: 32.</summary>
    public int Max { get; set; } = 32;

    /// <summary>
    /// How long an item waits for others at most, as a positive <see cref="TimeSpan"/> in invariant form. Default: 10 milliseconds.
    /// </summary>
    public string Wait { get; set; } = "00:00:00.010";
}

/// <summary>
/// Marks a parameter that is resolved from the executor's container instead of being sent by the caller.
/// The caller's argument is ignored when the call is remote.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute;

/// <summary>
/// Marks a parameter whose argument is shown to nobody who watches calls. Those whose names say that they are secret
/// (<c>password</c>, <c>secret</c>, <c>credential</c>, <c>connectionString</c>, <c>apiKey</c>, <c>token</c> …) are not shown either way.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FlameHiddenAttribute : Attribute;

/// <summary>
/// Marks a class whose objects can be placed in an executor, see <see cref="FlameObject{T}"/>. Each of its public methods can
/// be called on the handle; what it takes and returns must be something that can be sent. Dispose methods are called when
/// the object ends.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FlameObjectAttribute : Attribute;

/// <summary>
/// Marks a method that an executor runs once after it connected and before its first call: load a model, open a
/// pool of connections. Parameters are resolved from the executor's container; a <see cref="CancellationToken"/>
/// fires when the executor is told to stop. Throwing fails the boot.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FlameEnterAttribute : Attribute;

/// <summary>
/// Marks a method that an executor runs once after its last call, before it exits. A <see cref="CancellationToken"/>
/// parameter fires when <see cref="FlamePoolOptions.ShutdownTimeout"/> has passed.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FlameExitAttribute : Attribute;
