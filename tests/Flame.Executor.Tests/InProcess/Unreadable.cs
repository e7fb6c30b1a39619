using MemoryPack;

namespace Flame.Executor.Tests.InProcess;

/// <summary>What can be sent and not be read: its own reader throws what no codec expects.</summary>
[MemoryPackable]
internal sealed partial class Unreadable
{
    public int Number { get; set; }

    [Flame(Pool = "test")]
    public static Task<Unreadable> MakeAsync() => Task.FromResult(new Unreadable());

    [MemoryPackOnDeserialized]
    private void Refuse() => throw new InsufficientMemoryException("there is no room for it");
}
