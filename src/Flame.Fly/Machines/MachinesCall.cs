namespace Flame.Fly.Machines;

/// <summary>One call to the API, before it is sent.</summary>
/// <param name="Action">What is paced, and named in errors.</param>
/// <param name="Subject">The machine, or the application.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path after <c>/v1</c>.</param>
internal sealed record MachinesCall(string Action, string Subject, HttpMethod Method, string Path)
{
    public const string Create = "create";
    public const string Get = "get";
    public const string Wait = "wait";

    /// <summary>The JSON to send; the same bytes at every try.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The lease that the caller holds on the machine.</summary>
    public string? Nonce { get; init; }

    /// <summary>Whether it may be sent again when it may have happened.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>
    /// Where it is set, a try that was sent is never cut off, and this takes it over when the caller gives up: its answer
    /// tells what was made, and nothing else would.
    /// </summary>
    public Action<Task<byte[]>>? Abandoned { get; init; }

    /// <summary>How long one try may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told what it waits for, where somebody waits for it.</summary>
    public Action<string>? Report { get; init; }

    // The body holds the environment of an executor.
    public override string ToString() => $"{Action} {Subject}";
}
