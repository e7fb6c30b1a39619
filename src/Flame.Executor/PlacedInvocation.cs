using Flame.CompilerServices;
using Flame.Placing;

namespace Flame.Executor;

/// <summary>One call of a placed object, in the scope of the call that placed it.</summary>
internal sealed class PlacedInvocation(Invocation placing, object placed, PlacedRequest request, int maxPayload, CancellationToken ct) : Invocation, IDisposable
{
    private readonly PayloadBuffer _result = PayloadBuffer.Rent();
    private RemoteMethod? _method;

    public override CancellationToken CancellationToken => ct;

    public override IServiceProvider Services => placing.Services;

    internal override object Placed => placed;

    protected override ReadOnlySpan<byte> ArgumentBytes => request.Arguments;

    /// <returns>The result's bytes; empty where there is none.</returns>
    public async Task<byte[]> RunAsync()
    {
        _method = MethodTable.Find(request.Method) ?? throw new InvalidOperationException($"the executor has no method {request.Method:x16}");
        await _method.Invoker(this).ConfigureAwait(false);
        return _result.Span.ToArray();
    }

    public override void WriteResult<T, TCodec>(in T value) => Payloads.WriteInto<T, TCodec>(_result, value, maxPayload, _method!.Name, "result");

    public override ValueTask WriteItemsAsync<T, TCodec>(IAsyncEnumerable<T> items) => throw new NotSupportedException("A placed object yields no items.");

    public void Dispose() => _result.Return();
}
