namespace Flame;

/// <summary>Where plain calls to marked methods run.</summary>
public enum FlameMode
{
    /// <summary>On the pools in the parent, in place inside an executor.</summary>
    Remote,

    /// <summary>Always in place: for debugging and for tests that do not care where code runs.</summary>
    Local,
}
