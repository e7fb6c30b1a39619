namespace Flame.Generators.Model;

internal enum ParameterRole
{
    /// <summary>Sent with the call.</summary>
    Payload,

    /// <summary>The caller's token; the executor's is another one, which follows it.</summary>
    Cancellation,

    /// <summary>Resolved in the executor.</summary>
    Service,

    /// <summary>Stays with the caller and is told what the method reports.</summary>
    Progress,

    /// <summary>Stays with the caller and is enumerated as the method enumerates.</summary>
    Items,

    /// <summary>Stays with the caller and is read and written as the method does.</summary>
    Stream,
}

/// <summary>A parameter of a marked method.</summary>
/// <param name="Name">Escaped, so that it can stand in code.</param>
/// <param name="Declaration">As the user wrote it: attributes, <c>params</c>, type, name, default value.</param>
/// <param name="DeclaredType">Fully qualified with nullable annotations.</param>
/// <param name="Type">The same without the outermost annotation.</param>
/// <param name="Role">What becomes of it.</param>
/// <param name="Payload">How it is sent; <see langword="null"/> when it is not.</param>
/// <param name="Optional">Whether a service may be missing.</param>
/// <param name="Element">What a live object gives or takes, one by one.</param>
/// <param name="IsHidden">Whether nobody who watches may see it.</param>
internal sealed record ParameterModel(
    string Name, string Declaration, string DeclaredType, string Type, ParameterRole Role, PayloadModel? Payload, bool Optional, PayloadModel? Element = null, bool IsHidden = false)
{
    public bool IsLive => Role is ParameterRole.Progress or ParameterRole.Items or ParameterRole.Stream;

    public string ShownName => Name.TrimStart('@');

    public bool MayBeNull => DeclaredType.EndsWith("?", StringComparison.Ordinal);

    public bool HasDefault => Declaration.Contains(" = ");
}
