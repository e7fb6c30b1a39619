using Flame.Grpc;

// The other process of the tests: dials, or listens, and echoes what it reads until the link ends.
var carrier = new GrpcCarrier();
switch (args)
{
    case ["dial", var endpoint, var pin]:
        await EchoAsync(await carrier.DialAsync(endpoint, pin, CancellationToken.None));
        return 0;

    case ["listen"]:
        await using (var listener = await carrier.ListenAsync(CancellationToken.None))
        {
            Console.Out.WriteLine($"{listener.Endpoint} {listener.CertificatePin}");
            var stream = await listener.AcceptAsync(CancellationToken.None);
            listener.Admitted(stream);
            await EchoAsync(stream);
        }

        return 0;

    default:
        Console.Error.WriteLine("usage: dial <endpoint> <pin> | listen");
        return 64;
}

static async Task EchoAsync(Stream stream)
{
    try
    {
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer) is var count and > 0)
            await stream.WriteAsync(buffer.AsMemory(0, count));
        await stream.DisposeAsync();
        Console.Out.WriteLine("ended");
        Console.Out.WriteLine(string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name)));
    }
    catch (IOException)
    {
        Console.Out.WriteLine("broke");
    }
}
