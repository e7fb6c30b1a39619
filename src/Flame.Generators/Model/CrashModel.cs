namespace Flame.Generators.Model;

/// <summary>A place in a file, without the file.</summary>
internal sealed record Place(string Path, int Start, int Length, int StartLine, int StartColumn, int EndLine, int EndColumn);

/// <summary>Our own failure at one method; the others are still generated.</summary>
internal sealed record CrashModel(Place Place, string Method, string Message);

/// <summary>What one marked method came to.</summary>
internal sealed record Parsed<T>(T? Model, CrashModel? Crash) where T : class;
