using BenchmarkDotNet.Attributes;
using Flame.CompilerServices;
using Call = Flame.Generated.Flame_Benchmarks_Echo_Methods.OverSocketAsyncCall;

namespace Flame.Benchmarks.Micro;

/// <summary>What is generated for a method, without a pool and a wire: the arguments go through a buffer, and so does the result.</summary>
public class Codecs
{
    private readonly Request _request = new(20, 22, "hello, flame");
    private readonly PayloadBuffer _arguments = PayloadBuffer.Rent();
    private readonly Wireless _call = new();

    /// <summary>The arguments are written and read again.</summary>
    [Benchmark]
    public object Arguments()
    {
        Write();
        return Payloads.Read<Call.Arguments, Call.Arguments>(_arguments.Span, "arguments").request;
    }

    /// <summary>The same through the method's invoker: arguments written and read, the method run, its result written and read.</summary>
    [Benchmark]
    public object Arguments_invoker_and_result()
    {
        Write();
        _call.Received = _arguments.Memory;
        var invoked = Call.Row.Invoker(_call);
        if (!invoked.IsCompletedSuccessfully) throw new InvalidOperationException("the method did not run at once");
        return Payloads.Read<Response, Call.Result>(_call.Sent.Span, "result");
    }

    private void Write() => Payloads.WriteInto<Call.Arguments, Call.Arguments>(_arguments, new(_request), int.MaxValue, Call.Row.Name);

    private sealed class Wireless : Invocation
    {
        public ReadOnlyMemory<byte> Received { get; set; }

        public PayloadBuffer Sent { get; } = new();

        public override CancellationToken CancellationToken => default;

        public override IServiceProvider Services => throw new NotSupportedException("the method asks for none");

        protected override ReadOnlySpan<byte> ArgumentBytes => Received.Span;

        public override void WriteResult<T, TCodec>(in T value) => Payloads.WriteInto<T, TCodec>(Sent, value, int.MaxValue, Call.Row.Name, "result");

        public override ValueTask WriteItemsAsync<T, TCodec>(IAsyncEnumerable<T> items) => throw new NotSupportedException("the method has none");
    }
}
