using System.Text;

namespace Flame.Doubles;

/// <summary>Keeps what a program prints that runs where an executor runs.</summary>
public sealed class Printed : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public string Error => Encoding.UTF8.GetString(_error.ToArray());

    public Task TakeAsync(bool isError, ReadOnlyMemory<byte> bytes)
    {
        (isError ? _error : _output).Write(bytes.Span);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }
}
