using Microsoft.CodeAnalysis;

namespace Flame.Generators.Tests.Rules;

/// <summary>What the analyzer says about some source; the place is the text under the squiggle.</summary>
internal static class RuleTest
{
    public static async Task<(string Id, string Place, string Message)[]> SaysAsync(string source)
    {
        var run = GeneratorRun.Of("namespace App;\n" + source);
        Assert.Empty(run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return await SaysAsync(run);
    }

    public static async Task<(string Id, string Place, string Message)[]> SaysAsync(GeneratorRun run)
    {
        var text = run.Input.SyntaxTrees[0].GetText();
        return
        [
            .. (await run.AnalyzeAsync()).OrderBy(d => d.Location.SourceSpan.Start)
                .Select(d => (d.Id, text.ToString(d.Location.SourceSpan), d.GetMessage())),
        ];
    }

    public static async Task SaysOnlyAsync(string id, string place, string source)
    {
        var (actualId, actualPlace, _) = Assert.Single(await SaysAsync(source));
        Assert.Equal((id, place), (actualId, actualPlace));
    }

    public static async Task IsSilentAsync(string source) => Assert.Empty(await SaysAsync(source));
}
