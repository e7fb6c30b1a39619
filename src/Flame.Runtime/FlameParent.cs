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

    /// <summary>The pool that this executor serves.</summary>
    public required string Pool { get; init; }

    /// <summary>This executor's name, unique in its parent: <c>gpu/3</c>.</summary>
    public required string Executor { get; init; }

    /// <summary>The backend that made it.</summary>
    public required string Backend { get; init; }

    /// <summary>The parent's build id; both sides must have the same.</summary>
    public required string BuildId { get; init; }

    /// <summary>Where the parent listens, in the order to try.</summary>
    internal required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>The one-time secret that admits this executor: 32 bytes, base64url.</summary>
    internal required string Token { get; init; }

    /// <summary>The base64url SHA-256 of the parent's certificate; <see langword="null"/> where no endpoint is encrypted.</summary>
    internal string? CertificatePin { get; init; }
}
