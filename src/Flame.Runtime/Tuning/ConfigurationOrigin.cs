using Microsoft.Extensions.Configuration;

namespace Flame.Tuning;

/// <summary>Which source of configuration has the last word on a path.</summary>
/// <param name="Name">It, as people know it: <c>appsettings.json</c>, <c>environment Flame__Pools__gpu__Max</c>, <c>command line</c>.</param>
/// <param name="Text">What it says.</param>
internal sealed record ConfigurationOrigin(string Name, string? Text)
{
    private const string Suffix = "ConfigurationProvider";

    public static ConfigurationOrigin? Of(IConfiguration? configuration, string path)
    {
        if (configuration is not IConfigurationRoot root) return configuration?[path] is { } text ? new ConfigurationOrigin("configuration", text) : null;
        foreach (var provider in root.Providers.Reverse())
        {
            if (provider.TryGet(path, out var said)) return new ConfigurationOrigin(NameOf(provider, path), said);
        }

        return null;
    }

    // The providers' packages are the host's and not ours: they are known by their names, and files by how they describe themselves.
    private static string NameOf(IConfigurationProvider provider, string path)
    {
        var (type, text) = (provider.GetType().Name, provider.ToString() ?? "");
        if (type == "EnvironmentVariables" + Suffix) return $"environment {Variable(Quoted(text) ?? "", path)}";
        if (type == "CommandLine" + Suffix) return "command line";
        if (Quoted(text) is { Length: > 0 } file) return file;
        return type.EndsWith(Suffix, StringComparison.Ordinal) ? type[..^Suffix.Length] : type;
    }

    // As it is written where the process was started.
    private static string Variable(string prefix, string path)
    {
        var name = prefix + path.Replace(":", "__", StringComparison.Ordinal);
        return Environment.GetEnvironmentVariables().Keys.Cast<string>().FirstOrDefault(variable => variable.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
    }

    private static string? Quoted(string text)
    {
        var from = text.IndexOf('\'', StringComparison.Ordinal) + 1;
        var to = from > 0 ? text.IndexOf('\'', from) : -1;
        return to < 0 ? null : text[from..to];
    }
}
