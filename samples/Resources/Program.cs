using Flame;

// A method that leaves something behind: the file that it has opened stays open in its executor until the caller is done.
await using var pools = await FlameApplication.StartAsync(flame => flame.AddPool("files", pool => pool.Max = 2));

var path = Path.GetTempFileName();
await File.WriteAllLinesAsync(path, Enumerable.Range(1, 100_000).Select(i => $"line {i} of many"));

await using (var lines = await Lines.OpenAsync(path))
{
    Console.WriteLine($"{lines.Executor} has {await lines.Count()} lines open");
    foreach (var number in new[] { 1, 50_000, 100_000 }) Console.WriteLine(await lines.ReadAsync(number));
    Console.WriteLine($"{pools["files"].GetStats().Running} slot is taken");
}

Console.WriteLine($"{pools["files"].GetStats().Running} slots are taken");
File.Delete(path);

[FlameObject]
internal sealed class Lines : IDisposable
{
    private readonly List<long> _starts = [0];
    private readonly FileStream _file;

    private Lines(string path)
    {
        _file = File.OpenRead(path);
        for (int read; (read = _file.ReadByte()) >= 0;)
        {
            if (read == '\n') _starts.Add(_file.Position);
        }
    }

    [Flame(Pool = "files")]
    public static Task<FlameObject<Lines>> OpenAsync(string path) => Task.FromResult(FlameObject.InPlace(new Lines(path)));

    public int Count() => _starts.Count - 1;

    public async Task<string?> ReadAsync(int number)
    {
        _file.Position = _starts[number - 1];
        using var reader = new StreamReader(_file, leaveOpen: true);
        return await reader.ReadLineAsync();
    }

    public void Dispose() => _file.Dispose();
}
