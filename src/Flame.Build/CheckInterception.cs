using Microsoft.Build.Framework;

namespace Flame.Build;

/// <summary>Reports every call of a marked method that stayed local without being meant to.</summary>
public sealed class CheckInterception : Microsoft.Build.Utilities.Task
{
    /// <summary>The compiled assembly.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>Its symbols, when they are a file of their own.</summary>
    public string? Symbols { get; set; }

    /// <summary>What it references.</summary>
    public ITaskItem[] References { get; set; } = [];

    /// <summary>Whether direct calls of marked methods stay where they are, so that only calls with a block are looked at.</summary>
    public bool BlocksOnly { get; set; }

    /// <inheritdoc />
    public override bool Execute()
    {
        using var image = File.OpenRead(Assembly);
        using var symbols = Symbols is { Length: > 0 } path && File.Exists(path) ? File.OpenRead(path) : null;
        using var check = new InterceptionCheck(image, symbols, References.Select(r => r.ItemSpec).Where(File.Exists), BlocksOnly);
        foreach (var call in check.Run())
        {
            Log.LogError(
                subcategory: null,
                errorCode: "FLM0403",
                helpKeyword: null,
                helpLink: "https://github.com/flame-dotnet/flame/blob/main/docs/rules/FLM0403.md",
                file: call.File ?? Assembly,
                lineNumber: call.Line,
                columnNumber: call.Column,
                endLineNumber: 0,
                endColumnNumber: 0,
                message: call.Method.StartsWith("Flame.Flame", StringComparison.Ordinal)
                    ? "The call of '{0}' was not intercepted, so its block would not be sent. Write the call, and the block, directly in C# code that Flame's generator compiles."
                    : "The call of '{0}' was not intercepted and would silently run in place. Write .Remote or .Local before the method's name, or set FlameIntercept to false to keep every direct call local.",
                call.Method);
        }

        return !Log.HasLoggedErrors;
    }
}
