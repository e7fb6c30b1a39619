namespace Flame.Pooling;

/// <summary>A pool in figures.</summary>
/// <param name="Booting">Executors on their way.</param>
/// <param name="Idle">Executors that are up and have no call.</param>
/// <param name="Busy">Executors that are up and have some.</param>
/// <param name="Draining">Executors that take nothing more.</param>
/// <param name="Running">Calls that hold a slot.</param>
/// <param name="Waiting">Calls that wait for one.</param>
internal readonly record struct PoolLoad(int Booting, int Idle, int Busy, int Draining, int Running, int Waiting);
