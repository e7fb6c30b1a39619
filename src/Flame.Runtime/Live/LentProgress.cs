using Flame.CompilerServices;
using Flame.Wire;

namespace Flame.Live;

/// <summary>The caller's <see cref="IProgress{T}"/>: is told what the method reports.</summary>
internal sealed class LentProgress<T, TCodec> : LentChannel where TCodec : struct, IPayloadCodec<T>
{
    private readonly string _name;
    private readonly LentArguments _lent;
    private readonly Delivery<T> _reports;

    public LentProgress(string name, IProgress<T> progress, LentArguments lent, ChannelWire wire) : base(wire)
    {
        (_name, _lent) = (name, lent);
        _reports = new Delivery<T>(
            lent,
            report =>
            {
                progress.Report(report);
                return default;
            },
            cost => Wire.Grant(Account.Taken(cost, _reports!.IsEmpty)));
    }

    protected override CreditAccount Account { get; } = new(Outgoing.MostCreditOfItems);

    public override void Stop() => _reports.Stop();

    public override Task EndAsync() => _reports.EndAsync();

    protected override void OnItem(ReadOnlySpan<byte> item, int cost)
    {
        try
        {
            var report = Payloads.Read<T, TCodec>(item, $"report to '{_name}'");
            _lent.Telemetry?.Item(report);
            _reports.Add(report, cost);
        }
        catch (PayloadException e)
        {
            _lent.Failed(e);
        }
    }
}
