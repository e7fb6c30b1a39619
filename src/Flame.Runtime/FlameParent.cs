using System.Security.Cryptography;
using System.Text;

namespace Flame;

/// <summary>
/// What an executor knows of the parent that booted it, from the environment variable <c>FLAME_PARENT</c>.
/// Immutable.
/// </summary>
public sealed record FlameParent
{
    /// <summary>The name of the environment variable.</summary>
    public const string Variable = "FLAME_PARENT";

    /// <summary>The version of the format that this build writes and reads.</summary>
    internal const int FormatVersion = 1;

    /// <summary>The size of the one-time secret in bytes.</summary>
    internal const int TokenSize = 32;

    private static readonly Lazy<FlameParent?> s_current = new(FromEnvironment);

    // Only Flame makes one: it stands for a parent that really booted this process.
    internal FlameParent()
    {
    }

    /// <summary>The parent of this process, or <see langword="null"/> when this process is no executor.</summary>
    /// <exception cref="FlameParentException">The variable is set and cannot be read.</exception>
    public static FlameParent? Current => s_current.Value;

    /// <summary>The pool that this executor serves.</summary>
    public required string Pool { get; init; }

    /// <summary>This executor's name, unique in its parent: <c>gpu/3</c>.</summary>
    public required string Executor { get; init; }

    /// <summary>The backend that made it.</summary>
    public required string Backend { get; init; }

    /// <summary>The parent's build id; both sides must have the same.</summary>
    public required string BuildId { get; init; }

    /// <summary>Where the parent listens, in the order to try.</summary>
    internal IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>The one-time secret that admits this executor: 32 bytes, base64url.</summary>
    internal string Token { get; init; } = "";

    /// <summary>The base64url SHA-256 of the parent's certificate; <see langword="null"/> where no endpoint is encrypted.</summary>
    internal string? CertificatePin { get; init; }

    internal static string NewToken()
    {
        Span<byte> secret = stackalloc byte[TokenSize];
        RandomNumberGenerator.Fill(secret);
        return System.Buffers.Text.Base64Url.EncodeToString(secret);
    }

    internal static FlameParent Parse(string value) => FlameParentFormat.Read(value);

    /// <summary>The value for <c>FLAME_PARENT</c>. A secret.</summary>
    internal string Encode() => FlameParentFormat.Write(this);

    private static FlameParent? FromEnvironment()
    {
        var value = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(value))
            return null;

        var parent = Parse(value);

        // What the user's code starts here must neither inherit the secret nor take itself for this executor.
        Environment.SetEnvironmentVariable(Variable, null);
        return parent;
    }

    // What a record prints by default ends up in logs; the token must not.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Pool = ").Append(Pool)
            .Append(", Executor = ").Append(Executor)
            .Append(", Backend = ").Append(Backend)
            .Append(", BuildId = ").Append(BuildId)
            .Append(", Endpoints = ").AppendJoin(' ', Endpoints);
        return true;
    }
}
