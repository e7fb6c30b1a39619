using System.Text.Json;

namespace Flame.Images.Tests;

/// <summary>What the running sample says, and that it ends well.</summary>
internal static class Answers
{
    private const string Listening = "Now listening on: ";

    /// <summary>Asks for primes once; they are right, and executors counted them.</summary>
    public static async Task CountPrimesAsync(SampleProcess program)
    {
        var address = (await program.LineAsync(line => line.Contains(Listening, StringComparison.Ordinal))).Split(Listening)[1];
        using var client = new HttpClient();
        using var response = await client.GetAsync($"{address}/primes/100000", TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, program.Everything);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(9592, answer.RootElement.GetProperty("primes").GetInt32());
        Assert.All(answer.RootElement.GetProperty("by").EnumerateObject(), by => Assert.StartsWith("cpu/", by.Name, StringComparison.Ordinal));
    }

    /// <summary>Ends it as a cluster does.</summary>
    public static async Task EndAsync(SampleProcess program)
    {
        await Dotnet.RunAsync("/", "/bin/kill", ["-TERM", $"{program.Id}"]);
        await program.EndAsync();
        Assert.True(program.ExitCode == 0, program.Everything);
        await program.NothingIsLeftAsync();
    }
}
