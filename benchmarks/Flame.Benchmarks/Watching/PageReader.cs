namespace Flame.Benchmarks.Watching;

/// <summary>An open page, as far as the parent can tell: a process of its own that reads what comes.</summary>
internal static class PageReader
{
    public const string Switch = "--read-page";

    public static async Task ReadAsync(string address)
    {
        using var client = new HttpClient();
        await using var page = await client.GetStreamAsync(new Uri(address));
        await page.ReadExactlyAsync(new byte[1]);
        Console.WriteLine("open");
        await page.CopyToAsync(Stream.Null);
    }
}
