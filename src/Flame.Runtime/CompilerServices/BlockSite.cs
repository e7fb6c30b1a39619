using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using Flame.Blocks;

namespace Flame.CompilerServices;

/// <summary>
/// One call in the code that hands a block to a pool. Takes the block apart in the parent and puts it together again in
/// the executor. Created by generated code. Thread-safe.
/// </summary>
/// <param name="home">The assembly of the call.</param>
/// <param name="captures">What the block uses of its surroundings: a variable's name, <c>this</c>, or <c>this.</c> and a field.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BlockSite(Assembly home, params string[] captures)
{
    private readonly ConcurrentDictionary<string, BlockPlan> _plans = new();

    // Outside generic code a call has one block, so this is mostly all that is ever looked at.
    private BlockPlan? _last;

    /// <summary>Takes a block apart.</summary>
    /// <param name="block">The block.</param>
    /// <returns>Its name and captured values.</returns>
    public CapturedBlock Capture(Delegate block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var target = block.Target?.GetType();
        var last = Volatile.Read(ref _last);
        if (last is null || last.Target != target || (target is null && last.Method != block.Method))
        {
            var name = BlockName.Of(block.Method, home);
            last = BlockPlan.Of(name, block.Method, target, captures);
            Volatile.Write(ref _last, last);
        }

        return new CapturedBlock(last, block.Target);
    }

    /// <summary>Begins to put a block together.</summary>
    /// <param name="block">Its name, from <see cref="CapturedBlock.Name"/>.</param>
    /// <returns>The block, without its captured values.</returns>
    /// <exception cref="InvalidOperationException">This build has no such block (FLM2014).</exception>
    public RestoredBlock Restore(string block)
    {
        var last = Volatile.Read(ref _last);
        if (last?.Name != block)
        {
            last = _plans.GetOrAdd(block, static (name, site) => site.PlanOf(name), this);
            Volatile.Write(ref _last, last);
        }

        return new RestoredBlock(last);
    }

    private BlockPlan PlanOf(string name)
    {
        var method = BlockName.Find(name, home);
        return BlockPlan.Of(name, method, method.IsStatic ? null : method.DeclaringType, captures);
    }
}

/// <summary>A block and what it captured, in the parent.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CapturedBlock
{
    private readonly BlockPlan _plan;
    private readonly object? _target;

    internal CapturedBlock(BlockPlan plan, object? target) => (_plan, _target) = (plan, target);

    /// <summary>What the block is called on the wire.</summary>
    public string Name => _plan.Name;

    /// <summary>A captured value as it is now.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="index">Its place in the site's list.</param>
    /// <returns>The value.</returns>
    public T Get<T>(int index) => (T)_plan.Get(_target, index)!;

    internal Type TypeOf(int index) => _plan.TypeOf(index);
}

/// <summary>A block that is being put together, in the executor. Not thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RestoredBlock
{
    private readonly BlockPlan _plan;
    private object? _target;

    internal RestoredBlock(BlockPlan plan) => (_plan, _target) = (plan, plan.NewTarget());

    /// <summary>Gives it a captured value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="index">Its place in the site's list.</param>
    /// <param name="value">The value.</param>
    public void Set<T>(int index, T value) => _plan.Set(ref _target, index, value);

    internal MethodInfo Method => _plan.Method;

    internal Type TypeOf(int index) => _plan.TypeOf(index);

    /// <summary>The block, ready to run.</summary>
    /// <typeparam name="TBlock">Its delegate type.</typeparam>
    /// <returns>The block.</returns>
    public TBlock As<TBlock>() where TBlock : Delegate => _plan.Method.CreateDelegate<TBlock>(_target);
}
