namespace Flame.Executor;

/// <summary>Reads <c>FLAME_PARENT</c> and ends the process with one line when it is malformed.</summary>
internal static class ParentOfThisProcess
{
    public static FlameParent? Read()
    {
        try
        {
            return FlameParent.Current;
        }
        catch (FlameParentException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.Exit(ExitCodes.MalformedParent);
            throw;
        }
    }
}
