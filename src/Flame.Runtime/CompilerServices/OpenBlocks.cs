using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Flame.Blocks;
using MemoryPack;

namespace Flame.CompilerServices;

#pragma warning disable CA1000 // A codec is called through its type.

/// <summary>Names the site of a block in generic code, whose captured types are known when it runs. Implemented by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IOpenBlock
{
    /// <summary>The site.</summary>
    static abstract BlockSite Site { get; }
}

/// <summary>What a block in generic code has captured: each value is written as the type that its variable has there.</summary>
/// <typeparam name="TBlock">Its site.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OpenArguments<TBlock> : IPayloadCodec<OpenArguments<TBlock>> where TBlock : IOpenBlock
{
    private readonly CapturedBlock _captured;
    private readonly int[] _sent;

    /// <summary>In the parent.</summary>
    /// <param name="captured">The block.</param>
    /// <param name="sent">Which of its captured values are sent.</param>
    public OpenArguments(CapturedBlock captured, params int[] sent) => (_captured, _sent, Block) = (captured, sent, null!);

    private OpenArguments(RestoredBlock block) => (_sent, Block) = ([], block);

    /// <summary>The block with its captured values, in the executor.</summary>
    public RestoredBlock Block { get; }

    /// <inheritdoc />
    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in OpenArguments<TBlock> value)
    {
        writer.WriteString(value._captured.Name);
        writer.WriteUnmanagedArray(value._sent);
        foreach (var index in value._sent)
        {
            var item = value._captured.Get<object?>(index);
            writer.GetFormatter(value._captured.TypeOf(index)).Serialize(ref writer, ref item);
        }
    }

    /// <inheritdoc />
    public static OpenArguments<TBlock> Read(ref MemoryPackReader reader)
    {
        var block = TBlock.Site.Restore(CheckedReads.ReadString(ref reader)!);
        foreach (var index in CheckedReads.ReadArray<int>(ref reader) ?? [])
        {
            object? item = null;
            reader.GetFormatter(block.TypeOf(index)).Deserialize(ref reader, ref item);
            block.Set(index, item);
        }

        return new OpenArguments<TBlock>(block);
    }
}

/// <summary>The codec of a type that only the running program knows.</summary>
/// <typeparam name="T">The type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OpenCodec<T> : IPayloadCodec<T>
{
    static OpenCodec() => CheckedReads.GuardFormatters();

    /// <inheritdoc />
    public static void Write(ref MemoryPackWriter<PayloadBuffer> writer, in T value) => writer.WriteValue(value);

    /// <inheritdoc />
    public static T Read(ref MemoryPackReader reader) => reader.ReadValue<T>()!;
}

/// <summary>Runs blocks whose result has a type that only the running program knows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OpenBlocks
{
    /// <summary>In the executor: runs the block and writes its result, or its items.</summary>
    /// <param name="call">The call.</param>
    /// <param name="block">The block.</param>
    /// <returns>Completes when all is written.</returns>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "A program that is compiled ahead of time is refused by Demand.")]
    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "OpenBlock<T> has no annotated type parameters.")]
    public static ValueTask RunAsync(Invocation call, RestoredBlock block)
    {
        var returned = block.Method.ReturnType;
        var definition = returned.IsGenericType ? returned.GetGenericTypeDefinition() : null;
        var wrapped = definition == typeof(Task<>) || (definition == typeof(IAsyncEnumerable<>) && call.Streams);
#pragma warning disable RS0030 // The type argument is the caller's, whose method is generic.
        var type = typeof(OpenBlock<>).MakeGenericType(wrapped ? returned.GetGenericArguments()[0] : returned);
#pragma warning restore RS0030
        return ((OpenBlock)RuntimeHelpers.GetUninitializedObject(type)).RunAsync(call, block);
    }

    /// <summary>In the parent: whether this program can send such blocks at all.</summary>
    /// <exception cref="PlatformNotSupportedException">It is compiled ahead of time, and has no code to write what only shows when it runs (FLM2017).</exception>
    public static void Demand()
    {
        if (!typeof(OpenBlocks).HasMetadataToken()) throw FlameErrors.OpenBlockInNativeProgram();
    }
}
