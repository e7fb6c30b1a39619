namespace Flame.EndToEnd.Tests.Calls;

/// <summary>What an executor prints before it dials its parent.</summary>
internal static class EarlyOutput
{
    public const string Variable = "FLAME_TEST_EARLY_OUTPUT";
}
