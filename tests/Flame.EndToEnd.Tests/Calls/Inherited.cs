namespace Flame.EndToEnd.Tests.Calls;

/// <summary>A variable that executors which boot meanwhile inherit.</summary>
internal sealed class Inherited : IDisposable
{
    private readonly string _variable;

    public Inherited(string variable, string value)
    {
        _variable = variable;
        Environment.SetEnvironmentVariable(variable, value);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(_variable, null);
}
