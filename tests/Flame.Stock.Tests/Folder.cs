namespace Flame.Stock.Tests;

/// <summary>A folder of one test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("stock-test-").FullName;

    public string At(string place) => System.IO.Path.Combine(Path, place);

    public string Write(string place, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(place))!);
        File.WriteAllText(At(place), text);
        return At(place);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
