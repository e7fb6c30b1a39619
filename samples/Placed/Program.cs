using Flame;

// A placed object: its state stays in one executor, and its handle has its methods.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("index", pool => pool.Max = 2));

string[] texts = ["the quick brown fox", "the lazy dog", "a quick dog"];
await using var index = await pools.PlaceAsync("index", () => new WordIndex());
for (var i = 0; i < texts.Length; i++) await index.Add(i, texts[i]);

Console.WriteLine($"{index.Executor} knows {await index.Count()} words");
Console.WriteLine($"'quick' is in {string.Join(" and ", await index.Find("quick"))}");
Console.WriteLine($"'cat' is in {(await index.Find("cat") is [] ? "none" : "some")}");

[FlameObject]
internal sealed class WordIndex
{
    private readonly Dictionary<string, List<int>> _places = [];

    public void Add(int number, string text)
    {
        foreach (var word in text.Split(' '))
        {
            if (!_places.TryGetValue(word, out var places)) _places[word] = places = [];
            places.Add(number);
        }
    }

    public List<int> Find(string word) => _places.GetValueOrDefault(word) ?? [];

    public int Count() => _places.Count;
}
