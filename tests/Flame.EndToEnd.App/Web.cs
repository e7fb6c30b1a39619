using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Flame.EndToEnd.App;

/// <summary>What the web application answers.</summary>
internal static class Web
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => Jobs.WhereAsync());
        app.MapGet("/alive", () => "alive");
        app.MapGet("/build", () => AnswerAsync(Jobs.BuildAsync()));
        app.MapGet("/pass", () => AnswerAsync(Gates.PassAsync(Setup.Number("gate", 0), default)));

        // The answer is written some time after the call has ended.
        app.MapGet("/pass-and-write", async () =>
        {
            var answer = await AnswerAsync(Gates.PassAsync(Setup.Number("gate", 0), default));
            await Gates.Local.PassAsync(Setup.Number("gate", 0), default);
            return answer;
        });
    }

    private static async Task<IResult> AnswerAsync<T>(Task<T> call)
    {
        try
        {
            return Results.Text($"{await call}");
        }
        catch (FlameException e)
        {
            return Results.Text($"{e.GetType().Name} {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
