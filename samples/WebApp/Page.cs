namespace WebApp;

/// <summary>The page with the form.</summary>
internal static class Page
{
    public static IResult Send() => Results.Stream(typeof(Page).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8");
}
