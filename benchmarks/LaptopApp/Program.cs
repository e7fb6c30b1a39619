using Flame;
using Flame.Backends;
using Flame.Benchmarks.Laptop;
using Flame.Kubernetes;

// The program: a call on a pool that is empty, and its result. With "measure" it is who starts it, again and again.
if (FlameParent.Current is null && args is ["measure", ..]) return await Edits.MeasureAsync(args is [_, "--quick"] ? 1 : 15);
await using var pools = await FlameApplication.StartAsync(flame =>
{
    flame.AddKubernetes().AddPool("cold", pool => pool.Max = 1);
    if (args is ["stock", var program]) flame.UseBackend(LocalProcessBackend.FromStock(program));
    if (args is ["kubernetes", var image]) flame.UseKubernetes(kubernetes => kubernetes.Image = image);
});
Console.WriteLine(await Work.AnswerAsync());
return 0;
