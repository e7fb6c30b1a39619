namespace Flame.Cli;

/// <summary>What the tool's exit code says. They are in docs/cli.md, and scripts rely on them.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NoParent = 3;
    public const int NotFound = 4;
    public const int Problems = 5;
    public const int Interrupted = 130;

    /// <summary>That of an error.</summary>
    public static int Of(string id) => id switch
    {
        "FLM5001" or "FLM5012" => Usage,
        "FLM5002" or "FLM5003" or "FLM5004" or "FLM5013" => NoParent,
        "FLM5005" or "FLM5011" or "FLM5014" => NotFound,
        _ => Failed,
    };
}
