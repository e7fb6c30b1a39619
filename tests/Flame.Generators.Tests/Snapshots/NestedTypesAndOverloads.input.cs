public static partial class Outer
{
    internal static class Inner
    {
        [Flame]
        public static Task Run(int a) => Task.CompletedTask;

        [Flame]
        public static Task Run(string a) => Task.CompletedTask;
    }

    internal static async Task Use()
    {
        await Inner.Run(1);
        await Inner.Run("");
        await "text".Extend(2);
        await Texts.Extend("text", 2);
        await Inner.Remote.Run(1);
    }
}

public static class Texts
{
    [Flame]
    public static Task Extend(this string text, int times) => Task.CompletedTask;
}
