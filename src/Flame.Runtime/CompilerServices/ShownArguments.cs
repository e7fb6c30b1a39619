using System.ComponentModel;
using Flame.Observation;

namespace Flame.CompilerServices;

/// <summary>Collects the arguments of a call for somebody who asks for them. Filled by generated code. Not thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ShownArguments
{
    private readonly ReadOnlyMemory<byte> _payload;
    private readonly List<ArgumentView> _arguments = [];

    internal ShownArguments(ReadOnlyMemory<byte> payload) => _payload = payload;

    /// <summary>Reads the arguments as an executor does.</summary>
    /// <typeparam name="TArguments">The generated tuple of arguments.</typeparam>
    /// <typeparam name="TCodec">Its codec.</typeparam>
    /// <returns>The arguments.</returns>
    public TArguments Read<TArguments, TCodec>() where TCodec : struct, IPayloadCodec<TArguments> => Payloads.Read<TArguments, TCodec>(_payload.Span, "arguments");

    /// <summary>An argument that may be seen.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">The parameter.</param>
    /// <param name="value">The argument.</param>
    public void Add<T>(string name, T value) => _arguments.Add(new ArgumentView(name, ValueText.OfType(typeof(T)), ValueText.Of(value)));

    /// <summary>An argument that may not.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">The parameter.</param>
    public void Hide<T>(string name) => _arguments.Add(new ArgumentView(name, ValueText.OfType(typeof(T)), "(hidden)"));

    /// <summary>An object that stays with its caller.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">The parameter.</param>
    public void Live<T>(string name) => _arguments.Add(new ArgumentView(name, ValueText.OfType(typeof(T)), "(stays with its caller)"));

    internal static ArgumentView[] Of(RemoteMethod method, ReadOnlyMemory<byte> payload)
    {
        var shown = new ShownArguments(payload);
        method.Show?.Invoke(shown);
        return [.. shown._arguments];
    }
}
