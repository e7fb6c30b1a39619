using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Flame.Pooling;
using Flame.Wire;

namespace Flame.Links;

/// <summary>Who may come in: each executor that is being booted, once, with the token that it was given. Thread-safe.</summary>
internal sealed class ExpectedExecutors
{
    private const string NotExpected = "FLM2102: no such executor is expected; its boot was given up, or it connected twice";
    private const string WrongToken = "FLM2103: the token is not the one that this executor was given";

    private readonly ConcurrentDictionary<string, Expected> _expected = new();

    public int Count => _expected.Count;

    public void Add(Executor executor, FlamePool pool, string token) => _expected[executor.Name] = new Expected(executor, pool, token);

    /// <summary>The boot is over, however it ended: the token admits nobody any more.</summary>
    public void Forget(string executor)
    {
        // Used up too: a connection may have found it a moment ago.
        if (_expected.TryRemove(executor, out var forgotten)) forgotten.TryUse();
    }

    /// <summary>Why the executor was turned away, if it was and its boot still waits.</summary>
    public string? RefusalOf(string executor) => _expected.GetValueOrDefault(executor)?.Refusal;

    /// <summary>Why this one may not come in; the token is used up by the right executor only.</summary>
    /// <param name="hello">What it said.</param>
    /// <param name="expected">Who it is.</param>
    public (RefusalKind Kind, string Words)? Check(ExecutorHello hello, out Expected? expected)
    {
        if (!_expected.TryGetValue(hello.Executor, out expected)) return (RefusalKind.NotExpected, NotExpected);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hello.Token), expected.Token)) return (RefusalKind.WrongToken, WrongToken);
        if (!expected.TryUse()) return (RefusalKind.NotExpected, NotExpected);
        if (hello.Stock is not null) return null;
        if (BuildId.Current.Mismatch(hello.BuildId, hello.Assemblies) is not { } difference) return null;
        expected.Refusal = difference;
        return (RefusalKind.OtherBuild, difference);
    }

    internal sealed class Expected(Executor executor, FlamePool pool, string token)
    {
        private bool _used;

        public Executor Executor => executor;

        public FlamePool Pool => pool;

        public byte[] Token { get; private set; } = Encoding.UTF8.GetBytes(token);

        public string? Refusal { get; set; }

        /// <summary>It comes once more, as the program that it got.</summary>
        /// <param name="again">What admits it then.</param>
        public void ComesAgain(string again)
        {
            Token = Encoding.UTF8.GetBytes(again);
            Volatile.Write(ref _used, false);
        }

        public bool TryUse() => !Interlocked.Exchange(ref _used, true);
    }
}
