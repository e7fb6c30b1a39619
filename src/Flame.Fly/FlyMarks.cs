namespace Flame.Fly;

/// <summary>The metadata that tells a machine's purpose, to whoever looks: a later run of the parent, another parent, a person.</summary>
internal static class FlyMarks
{
    /// <summary>Which family of programs it belongs to; FLAME for Elixir has machines in the same applications.</summary>
    public const string Runtime = "flame_runtime";
    public const string RuntimeValue = "dotnet";

    /// <summary>As FLAME for Elixir names it.</summary>
    public const string ParentIp = "flame_parent_ip";

    /// <summary>The parent's machine on Fly, or its host.</summary>
    public const string Parent = "flame_parent";
    public const string ParentApp = "flame_parent_app";
    public const string ParentProcess = "flame_parent_process";

    public const string Run = "flame_run";
    public const string Pool = "flame_pool";
    public const string Executor = "flame_executor";

    /// <summary>Unique per boot: finds what a create made whose answer was lost.</summary>
    public const string Attempt = "flame_attempt";

    public const string Build = "flame_build";
    public const string Image = "flame_image";

    /// <summary>Whether the machine stays, stopped, to be started again.</summary>
    public const string Keep = "flame_keep";
    public const string Yes = "true";
}
