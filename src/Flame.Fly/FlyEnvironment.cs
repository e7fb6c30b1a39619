namespace Flame.Fly;

/// <summary>What Fly tells a machine about itself. Read through a function, so that a test can be on Fly.</summary>
internal sealed class FlyEnvironment(Func<string, string?> read)
{
    public const string TokenVariable = "FLY_API_TOKEN";
    public const string AppVariable = "FLY_APP_NAME";
    public const string ImageVariable = "FLY_IMAGE_REF";
    public const string RegionVariable = "FLY_REGION";
    public const string PrivateIpVariable = "FLY_PRIVATE_IP";

    public static FlyEnvironment OfThisProcess { get; } = new(Environment.GetEnvironmentVariable);

    public string? Token => this[TokenVariable];

    public string? App => this[AppVariable];

    public string? Image => this[ImageVariable];

    public string? Region => this[RegionVariable];

    public string? PrivateIp => this[PrivateIpVariable];

    public string? MachineId => this["FLY_MACHINE_ID"];

    /// <summary>A variable; one that is empty is none.</summary>
    public string? this[string variable] => read(variable) is { Length: > 0 } value ? value : null;
}
