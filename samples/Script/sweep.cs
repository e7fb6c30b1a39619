#!/usr/bin/env dotnet
#:project ../../src/Flame.Kubernetes/Flame.Kubernetes.csproj

// Trains small networks with different settings, each on an executor, and says which is best. There is no more of it than this file.
//
//   dotnet run sweep.cs                          executors are processes of this machine
//   dotnet run sweep.cs --backend stock          they are stock executors: --executor names it, and it gets this program from here
//   dotnet run sweep.cs --backend kubernetes     they are pods of a stock executor's image, which --image names; none of this program is made
//
// Outside this repository the second line is #:package Flame@0.1.0 and a third one #:package Flame.Kubernetes@0.1.0.
using Flame;
using Flame.Backends;
using Flame.Kubernetes;

await using var pools = await FlameApplication.StartAsync(flame =>
{
    flame.AddPool("trainers", pool => pool.Max = 4);
    if (Option("backend") is "stock") flame.UseBackend(LocalProcessBackend.FromStock(Option("executor") ?? "flame-executor.dll"));
    if (Option("backend") is "kubernetes") flame.UseKubernetes(kubernetes => kubernetes.Image = Option("image") ?? "flame-executor:1");
});

double[] rates = [0.003, 0.03, 0.3];
int[] widths = [2, 8, 32];
var variants = from rate in rates from width in widths select (Rate: rate, Width: width);
var best = (Right: 0.0, Variant: (Rate: 0.0, Width: 0));
await foreach (var trained in pools.MapAsync("trainers", variants, variant => Network.Train(variant.Rate, variant.Width)))
{
    var (right, by) = trained.Value;
    Console.WriteLine($"rate {trained.Input.Rate}, {trained.Input.Width} neurons: {right:P0} right, says {by}");
    if (right > best.Right) best = (right, trained.Input);
}

Console.WriteLine($"The best has a rate of {best.Variant.Rate} and {best.Variant.Width} neurons: {best.Right:P0} right");

string? Option(string name) => args.SkipWhile(arg => arg != $"--{name}").ElementAtOrDefault(1);

// One hidden layer learns which of two rings a point is on.
internal static class Network
{
    public static (double Right, string? By) Train(double rate, int width)
    {
        var random = new Random(1);
        var (points, unseen) = (Points(random, 2_000), Points(random, 500));
        double[] x = Start(), y = Start(), bias = Start(), weight = Start(), hidden = new double[width];
        for (var step = 0; step < 20 * points.Length; step++)
        {
            var point = points[step % points.Length];
            var error = Guess(point) - point.Ring;
            for (var i = 0; i < width; i++)
            {
                var back = error * weight[i] * (1 - hidden[i] * hidden[i]);
                weight[i] -= rate * error * hidden[i];
                x[i] -= rate * back * point.X;
                y[i] -= rate * back * point.Y;
                bias[i] -= rate * back;
            }
        }

        return (unseen.Average(point => Guess(point) > 0.5 == point.Ring > 0.5 ? 1.0 : 0), FlameParent.Current?.Executor);

        double[] Start() => [.. Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5)];

        double Guess((double X, double Y, double Ring) point)
        {
            var sum = 0.0;
            for (var i = 0; i < width; i++) sum += weight[i] * (hidden[i] = Math.Tanh(x[i] * point.X + y[i] * point.Y + bias[i]));
            return 1 / (1 + Math.Exp(-sum));
        }
    }

    private static (double X, double Y, double Ring)[] Points(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var (angle, radius) = (random.NextDouble() * Math.Tau, 1 + i % 2 + random.NextDouble() * 0.6);
            return (radius * Math.Cos(angle), radius * Math.Sin(angle), (double)(i % 2));
        }),
    ];
}
