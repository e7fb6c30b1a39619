using System.Net.Security;
using Flame.Grpc;
using Flame.Links;

namespace Flame.Tests.Links;

/// <summary>What those do who come to a port and are no executor, and how a test sees what becomes of them.</summary>
internal static class Strangers
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    /// <summary>TLS with the parent, as far as anybody gets.</summary>
    public static async Task<SslStream> TlsAsync(Stream stream, LinkListener listener, SslApplicationProtocol protocol)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => LinkCertificate.IsPinned(certificate, LinkCertificate.Parse(listener.CertificatePin)),
        }, Patience);
        return tls;
    }

    /// <summary>Waits until the other end has closed.</summary>
    public static async Task EndsAsync(Stream stream)
    {
        try
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, Patience) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    /// <summary>Waits for what nothing announces.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        var limit = Patience;
        while (!holds())
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
