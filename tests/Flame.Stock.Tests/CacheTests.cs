using System.Security.Cryptography;
using System.Text;
using Flame.CodeSync;
using Flame.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Flame.Stock.Tests;

/// <summary>What stock executors of one machine keep.</summary>
public sealed class CacheTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_what_its_hash_says_is_refused_and_leaves_nothing()
    {
        using var folder = new Folder();
        using var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System);
        var file = Of("a.dll", "the real one");
        await Assert.ThrowsAsync<WireException>(() => cache.Blobs.AddAsync(file, Content("something else!"[..12]), false, Patience));
        await Assert.ThrowsAsync<WireException>(() => cache.Blobs.AddAsync(file, Content("the real one and more"), false, Patience));
        await Assert.ThrowsAsync<WireException>(() => cache.Blobs.AddAsync(file, Content("the real"), false, Patience));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
        await cache.Blobs.AddAsync(file, Content("the real one"), false, Patience);
        Assert.True(cache.Blobs.Has(file));
    }

    [Fact]
    public async Task Little_that_unpacks_to_much_stops_at_the_size_that_was_said()
    {
        using var folder = new Folder();
        using var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System);
        using var packed = new MemoryStream();
        await using (var pack = new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) await pack.WriteAsync(new byte[256 * 1024 * 1024], Patience);
        packed.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<WireException>(() => cache.Blobs.AddAsync(Of("a.dll", "little"), packed, true, Patience));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Content_that_a_crash_left_torn_is_lacked_again()
    {
        using var folder = new Folder();
        using var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System);
        var file = Of("a.dll", "whole");
        await cache.Blobs.AddAsync(file, Content("whole"), false, Patience);
        await File.WriteAllTextAsync(cache.Blobs.PathOf(file), "\0\0\0\0\0", Patience);
        Assert.False(cache.Blobs.Has(file));
        Assert.False(File.Exists(cache.Blobs.PathOf(file)));
    }

    [Fact]
    public async Task Many_that_write_the_same_at_once_all_have_it()
    {
        using var folder = new Folder();
        var manifest = await ProgramAsync(folder, "a.dll", "lib/b.dll");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            using var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System);
            foreach (var file in manifest.Files) await cache.Blobs.AddAsync(file, Content(file.Path), false, Patience);
            var program = cache.LayOut(manifest);
            Assert.Equal("lib/b.dll", await File.ReadAllTextAsync(Path.Combine(program, "lib", "b.dll"), Patience));
        })));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.At("tmp")));
    }

    [Fact]
    public async Task Program_that_was_touched_is_laid_out_anew()
    {
        using var folder = new Folder();
        var manifest = await ProgramAsync(folder, "a.dll", "b.dll");
        using (var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System)) cache.LayOut(manifest);
        using (var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System))
        {
            var program = cache.Find(manifest)!;
            await File.WriteAllTextAsync(Path.Combine(program, "b.dll"), "B.DLL", Patience);
        }

        using (var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System))
        {
            Assert.Null(cache.Find(manifest));
            Assert.Equal("b.dll", await File.ReadAllTextAsync(Path.Combine(cache.LayOut(manifest), "b.dll"), Patience));
        }
    }

    [Fact]
    public async Task Room_is_made_by_removing_what_was_used_longest_ago_and_never_what_is_in_use()
    {
        using var folder = new Folder();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var names = new[] { "first", "second", "third" };
        var programs = new List<CodeManifest>();
        foreach (var name in names) programs.Add(await ProgramAsync(folder, name));
        using var inUse = new CodeCache(folder.Path, long.MaxValue, time);
        inUse.LayOut(programs[0]);
        time.Advance(TimeSpan.FromMinutes(1));
        using (var second = new CodeCache(folder.Path, long.MaxValue, time)) second.LayOut(programs[1]);
        time.Advance(TimeSpan.FromHours(1));
        using (var third = new CodeCache(folder.Path, 1, time))
        {
            third.LayOut(programs[2]);
            Assert.True(Directory.Exists(folder.At($"programs/{programs[0].Hash}")), "the one in use was removed");
            Assert.False(Directory.Exists(folder.At($"programs/{programs[1].Hash}")));
            Assert.True(Directory.Exists(folder.At($"programs/{programs[2].Hash}")), "its own was removed");
        }

        Assert.Empty(Directory.EnumerateFiles(folder.At("blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Nothing_outside_of_the_cache_is_ever_removed()
    {
        using var outside = new Folder();
        using var folder = new Folder();
        var precious = outside.Write("precious.txt", "here");
        var manifest = await ProgramAsync(folder, "a.dll");
        using (var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System)) cache.LayOut(manifest);
        var program = folder.At($"programs/{manifest.Hash}");
        Directory.CreateSymbolicLink(Path.Combine(program, "link"), outside.Path);
        File.Delete(Path.Combine(program, "a.dll"));
        File.CreateSymbolicLink(Path.Combine(program, "a.dll"), precious);
        Directory.CreateSymbolicLink(folder.At("tmp/link"), outside.Path);
        Directory.CreateSymbolicLink(folder.At("blobs/zz"), outside.Path);
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(30));
        using (var cache = new CodeCache(folder.Path, 1, later))
        {
            Assert.Null(cache.Find(manifest));
            await cache.Blobs.AddAsync(manifest.Files[0], Content("a.dll"), false, Patience);
            cache.LayOut(manifest);
        }

        Assert.Equal("here", await File.ReadAllTextAsync(precious, Patience));
        Assert.Equal("a.dll", await File.ReadAllTextAsync(Path.Combine(program, "a.dll"), Patience));
        Assert.False(Directory.Exists(folder.At("tmp/link")));
    }

    [Fact]
    public void Folder_that_others_may_write_to_is_no_cache()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new Folder();
        Directory.CreateDirectory(folder.At("open"));
        File.SetUnixFileMode(folder.At("open"), (UnixFileMode)0b111_111_111);
        var error = Assert.Throws<CodeException>(() => CodeCache.Open(name => name == "FLAME_CACHE" ? folder.At("open") : null));
        Assert.StartsWith("FLM2116", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("much")]
    public void Size_that_is_none_is_refused(string size)
    {
        using var folder = new Folder();
        var error = Assert.Throws<CodeException>(() => CodeCache.Open(name => name == "FLAME_CACHE" ? folder.At("cache") : name == "FLAME_CACHE_MIB" ? size : null));
        Assert.Contains($"'{size}'", error.Message, StringComparison.Ordinal);
    }

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private static CodeFile Of(string place, string content) => new(place, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), content.Length, false);

    private static async Task<CodeManifest> ProgramAsync(Folder folder, params string[] places)
    {
        using var cache = new CodeCache(folder.Path, long.MaxValue, TimeProvider.System);
        CodeFile[] files = [.. places.Select(static place => Of(place, place))];
        foreach (var file in files) await cache.Blobs.AddAsync(file, Content(file.Path), false, Patience);
        return new CodeManifest(places[0], [], files);
    }
}
