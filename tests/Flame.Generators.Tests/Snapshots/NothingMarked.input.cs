namespace MyApp;

public static class Plain
{
    public static Task Run() => Task.CompletedTask;
}
