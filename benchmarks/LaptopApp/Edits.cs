using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Flame.Doubles.Kubernetes;
using ClusterOptions = Flame.Doubles.Kubernetes.KubernetesOptions;

namespace Flame.Benchmarks.Laptop;

/// <summary>An edit, and a run: from the start of the program to its first result. The cluster is a double whose pods are processes of this machine, and its node is warm.</summary>
internal sealed class Edits(string folder, string cache, string kubeconfig)
{
    private const string Image = "flame-executor:1";
    private const string Local = "local processes";

    private static readonly string s_dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
    private static readonly string s_stock = Path.GetFullPath(typeof(Edits).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Stock").Value!);

    private static readonly (string Name, string[] Arguments)[] s_contenders =
        [(Local, []), ("stock executors, local processes", ["stock", s_stock]), ("stock executors, pods", ["kubernetes", Image])];

    private readonly byte[] _built = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "LaptopApp.dll"));
    private int _edit;

    public static async Task<int> MeasureAsync(int rounds)
    {
        var own = Directory.CreateTempSubdirectory("flame-laptop-");
        try
        {
            var (folder, cache) = (own.CreateSubdirectory("program").FullName, Path.Combine(own.FullName, "cache"));
            Copy(AppContext.BaseDirectory, folder);
            var image = new LocalImage(s_dotnet, s_stock) { Environment = new Dictionary<string, string> { ["FLAME_CACHE"] = cache } };
            await using var cluster = await KubernetesDouble.StartAsync(new ClusterOptions { Images = { [Image] = image } });
            var edits = new Edits(folder, cache, cluster.WriteKubeconfig(Path.Combine(own.FullName, "kubeconfig")));
            var report = new Flame.Benchmarks.Report();
            await edits.RoundAsync(null);
            for (var round = 0; round < rounds; round++) await edits.RoundAsync(report);
            report.Print(Console.Out);
            return 0;
        }
        finally
        {
            own.Delete(recursive: true);
        }
    }

    private async Task RoundAsync(Flame.Benchmarks.Report? report)
    {
        var local = 0.0;
        foreach (var (name, arguments) in s_contenders)
        {
            var took = await RunAsync(arguments);
            if (name == Local) local = took;
            report?.Add("an edited program, from its start to its first result", "ms", name, Local, took);
            if (name != Local) report?.Add("the same, above that of local processes", "ms", name, name, took - local);
        }
    }

    private async Task<double> RunAsync(string[] arguments)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"edit {++_edit:000000}");
        var edited = _built.ToArray();
        Encoding.Unicode.GetBytes(line).CopyTo(edited, edited.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Work.Line)));
        await File.WriteAllBytesAsync(Path.Combine(folder, "LaptopApp.dll"), edited);

        var start = new ProcessStartInfo(s_dotnet, [Path.Combine(folder, "LaptopApp.dll"), .. arguments]) { RedirectStandardOutput = true };
        (start.Environment["FLAME_CACHE"], start.Environment["KUBECONFIG"]) = (cache, kubeconfig);
        var started = Stopwatch.GetTimestamp();
        using var program = Process.Start(start)!;
        var answer = await program.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (answer != line) throw new InvalidOperationException($"the executor answered '{answer}' to '{line}'");
        await program.WaitForExitAsync();
        return took;
    }

    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(directory.Replace(from, to + "/", StringComparison.Ordinal));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, file.Replace(from, to + "/", StringComparison.Ordinal));
    }
}
