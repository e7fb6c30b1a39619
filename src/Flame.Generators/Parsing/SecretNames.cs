namespace Flame.Generators.Parsing;

/// <summary>Names that say that what they name is nobody else's business.</summary>
internal static class SecretNames
{
    private static readonly string[] s_parts = ["password", "passwd", "passphrase", "secret", "credential", "connectionstring", "apikey", "accesskey", "privatekey"];

    public static bool Holds(string name) =>
        s_parts.Any(part => name.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0) || name.EndsWith("token", StringComparison.OrdinalIgnoreCase);
}
