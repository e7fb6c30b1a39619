namespace MyApp;

public static class Vault
{
    [Flame]
    public static Task Open(string user, string password, [FlameHidden] byte[] note, IProgress<int> progress) => Task.CompletedTask;

    [Flame]
    public static Task Renew(string apiKey, string refreshToken) => Task.CompletedTask;
}
