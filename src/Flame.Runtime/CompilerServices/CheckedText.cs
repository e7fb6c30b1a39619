using MemoryPack;

namespace Flame.CompilerServices;

/// <summary>Takes the place of MemoryPack's own formatter of a type that travels as its text.</summary>
internal sealed class CheckedText<T>(Func<T, string> write, Func<string, T> read) : MemoryPackFormatter<T> where T : class
{
    public override void Serialize<TBufferWriter>(ref MemoryPackWriter<TBufferWriter> writer, scoped ref T? value) =>
        writer.WriteString(value is null ? null : write(value));

    public override void Deserialize(ref MemoryPackReader reader, scoped ref T? value) =>
        value = CheckedReads.ReadString(ref reader) is { } text ? read(text) : null;
}
