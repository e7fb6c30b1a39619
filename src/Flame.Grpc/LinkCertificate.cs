using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flame.Grpc;

/// <summary>The certificate of one listener: made in memory, gone with the process, known to executors by its hash alone.</summary>
internal static class LinkCertificate
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(90);

    public static X509Certificate2 Create(string[] hosts, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=flame-parent", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(Names(hosts));

        // An hour back: clocks of different hosts differ. The pin is what counts, but proxies may look at the dates.
        var now = time.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddHours(-1), now + s_life);
        if (!OperatingSystem.IsWindows()) return certificate;

        // Windows' TLS takes no key that exists only in this process's memory.
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    /// <summary>The base64url SHA-256 of the DER certificate.</summary>
    public static string Pin(X509Certificate certificate) => Base64Url.EncodeToString(Hash(certificate));

    /// <summary>Whether this is the certificate that the pin names.</summary>
    public static bool IsPinned(X509Certificate? certificate, ReadOnlySpan<byte> pin) =>
        certificate is not null && CryptographicOperations.FixedTimeEquals(Hash(certificate), pin);

    /// <summary>The hash in a pin, or <see langword="null"/> where it is none.</summary>
    public static byte[]? Parse(string? pin)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        return Base64Url.IsValid(pin, out var length) && length == hash.Length && Base64Url.TryDecodeFromChars(pin, hash, out _) ? hash : null;
    }

    /// <summary>
    /// What an executor asks of the one who answers: TLS 1.3 and the certificate. No authority vouches for an ephemeral one,
    /// and an executor may dial an address that is not in it.
    /// </summary>
    /// <param name="host">Whom it dials, where the one who connects does not say so by himself.</param>
    /// <param name="isParent">Decides alone.</param>
    public static SslClientAuthenticationOptions Pinned(string? host, Func<X509Certificate?, bool> isParent) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.Tls13,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => isParent(certificate),

        // Nor need those of the machine be read to find that out.
        CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
    };

    private static byte[] Hash(X509Certificate certificate) => SHA256.HashData(certificate.GetRawCertData());

    private static X509Extension Names(string[] hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var host in hosts)
        {
            if (!IPAddress.TryParse(host, out var address)) names.AddDnsName(host);
            else if (!IPAddress.IsLoopback(address)) names.AddIpAddress(address);
        }

        return names.Build();
    }
}
