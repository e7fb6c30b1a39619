using Flame;

namespace WebApp;

/// <summary>What went wrong, in the words of HTTP.</summary>
internal static class Problems
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
        {
            // What happened inside stays inside.
            if (Status(context.Exception) != StatusCodes.Status500InternalServerError) context.ProblemDetails.Detail = context.Exception!.Message;
        });
        services.AddExceptionHandler(handler =>
        {
            handler.StatusCodeSelector = Status;
            handler.SuppressDiagnosticsCallback = context => Status(context.Exception) != StatusCodes.Status500InternalServerError;
        });
    }

    private static int Status(Exception? exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,   // too large, above all
        InvalidDataException => StatusCodes.Status422UnprocessableEntity,   // what the method threw on its executor arrives as itself
        QueueFullException or PoolDrainingException or BootFailedException => StatusCodes.Status503ServiceUnavailable,
        CallTimeoutException => StatusCodes.Status504GatewayTimeout,
        ExecutorLostException => StatusCodes.Status502BadGateway,
        _ => StatusCodes.Status500InternalServerError,
    };
}
