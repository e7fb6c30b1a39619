using CsCheck;
using Flame.Pooling;
using Xunit;

namespace Flame.Tests.Pooling;

public sealed class IndexedHeapTests
{
    [Fact]
    public void Heap_agrees_with_a_sorted_list() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 63], Gen.Int[0, 5]).Array[0, 150].Sample(Agrees, iter: 5_000, threads: 2);

    private static void Agrees((int Act, int Item, int Key)[] steps)
    {
        var items = Enumerable.Range(1, 64).Select(number => new ExecutorSlot(number)).ToArray();
        var heap = new IndexedHeap<ExecutorSlot, ByLoad>();
        var sorted = new SortedSet<(int, int)>();
        foreach (var (act, which, key) in steps)
        {
            var item = items[which];
            if (act == 0) heap.Remove(item);
            else Place(heap, item, key);
            if (act == 0) sorted.Remove((item.InUse, item.Number));
            else sorted.RemoveWhere(entry => entry.Item2 == item.Number);
            if (act != 0) sorted.Add((item.InUse, item.Number));
            Assert.Equal(sorted.Count, heap.Count);
            Assert.Equal(act != 0, item.HeapIndex >= 0);
            if (heap.Count > 0) Assert.Equal(sorted.Min, (heap.First.InUse, heap.First.Number));
        }

        Assert.Equal(sorted, Emptied(heap));
    }

    private static void Place(IndexedHeap<ExecutorSlot, ByLoad> heap, ExecutorSlot item, int key)
    {
        item.InUse = key;
        if (item.HeapIndex < 0) heap.Add(item);
        else heap.Moved(item);
    }

    private static IEnumerable<(int, int)> Emptied(IndexedHeap<ExecutorSlot, ByLoad> heap)
    {
        while (heap.Count > 0)
        {
            var first = heap.First;
            heap.Remove(first);
            yield return (first.InUse, first.Number);
        }
    }
}
