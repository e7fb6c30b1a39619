using Flame.Executor.Tests.Links;
using Flame.Links;

namespace Flame.Executor.Tests.Live;

public sealed class ItemsOverUnixTests : ItemsTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Unix;
}

public sealed class ItemsOverTcpTests : ItemsTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Tcp;
}

public sealed class ItemsOverGrpcTests : ItemsTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Grpc;
}

public sealed class ItemsOverPipeTests : ItemsTests
{
    private protected override LinkCarrier Carrier { get; } = Carriers.Pipe;
}
