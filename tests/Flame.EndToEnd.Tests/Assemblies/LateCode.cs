using Flame.EndToEnd.Tests.Calls;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Flame.EndToEnd.Tests.Assemblies;

/// <summary>Code that is compiled while the tests run, by the compiler and the generators of a build.</summary>
internal static class LateCode
{
    private static readonly Lazy<Compiler> s_compiler = new();

    /// <summary>Two marked methods: <c>SayAsync</c> says these words, where it runs, and in which process; <c>StayAsync</c> does once the test's gate lets it go.</summary>
    public static Compiled Saying(string words) => Compile($$"""
        using System.Net; using System.Net.Sockets;
        public static class Work
        {
            [Flame(Pool = "main")]
            public static async Task<string[]> StayAsync(int port)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                await socket.SendAsync(BitConverter.GetBytes((long)Environment.ProcessId));
                await socket.ReceiveAsync(new byte[1]);
                return await SayAsync();
            }

            [Flame(Pool = "main")]
            public static async Task<string[]> SayAsync() { await Task.Yield(); return [Words.Of(), FlameParent.Current?.Executor ?? "nowhere", $"{Environment.ProcessId}"]; }
        }

        public static class Words { public static string Of() => "{{words}}"; }

        public static class Entry
        {
            public static Task<string[]> SayAsync() => Work.SayAsync();
            public static Task<string[]> StayAsync(int port) => Work.StayAsync(port);
        }
        """);

    public static Compiled Compile(string source, string name = "Late", params Compiled[] references)
    {
        var compiled = s_compiler.Value.Compile(name, source, references.Select(reference => MetadataReference.CreateFromImage(reference.Image)));
        Assert.True(compiled.Problems.Length == 0, string.Join('\n', compiled.Problems));
        return compiled;
    }

    public static Task<FlameAssembly> LoadAsync(Compiled compiled) => FlameAssembly.LoadAsync(compiled.Image, compiled.Symbols, TestContext.Current.CancellationToken).Patiently();

    /// <summary>Calls what the assembly itself calls, as its own code does.</summary>
    public static Task<string[]> CallAsync(this FlameAssembly assembly, string method, params object[] arguments) =>
        ((Task<string[]>)assembly.Assembly.GetType("Entry")!.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!).Patiently();
}
