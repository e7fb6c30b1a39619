namespace Flame.Grpc;

/// <summary>A stream over which somebody has come who may be a stranger.</summary>
internal interface IArrival
{
    /// <summary>An executor is admitted over it: the connection is no stranger's any more.</summary>
    void Admitted();
}
