using System.Globalization;
using System.Text;

namespace Flame.Diagnostics;

/// <summary>
/// Words of an executor on their way to the parent's log: they may not begin a line of it, nor move the cursor of who
/// reads it, nor be as long as they like.
/// </summary>
internal static class LogText
{
    /// <summary>A text is cut here.</summary>
    public const int MaxLength = 16 * 1024;

    private const string NextLine = "\n    | ";

    /// <summary>In one line: what is no character to be seen stands as its escape.</summary>
    public static string Line(string text) => Clean(text, keepLines: false);

    /// <summary>In its own lines, each of which but the first begins with our mark.</summary>
    public static string Lines(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines)
    {
        var cut = text.Length > MaxLength ? MaxLength - (char.IsHighSurrogate(text[MaxLength - 1]) ? 1 : 0) : text.Length;
        var first = 0;
        while (first < cut && !IsHidden(text[first])) first++;
        if (first == text.Length) return text;

        var clean = new StringBuilder(text, 0, first, cut + 64);
        for (var i = first; i < cut; i++)
        {
            var c = text[i];
            if (!IsHidden(c)) clean.Append(c);
            else if (!keepLines || c is not ('\n' or '\r')) Escape(clean, c);
            else if (c == '\n' || i + 1 == cut || text[i + 1] != '\n') clean.Append(NextLine);
        }

        if (cut < text.Length) clean.Append(CultureInfo.InvariantCulture, $"… ({text.Length - cut:N0} more)");
        return clean.ToString();
    }

    private static void Escape(StringBuilder clean, char c)
    {
        switch (c)
        {
            case '\n': clean.Append("\\n"); break;
            case '\r': clean.Append("\\r"); break;
            default:
                clean.Append("\\u");
                for (var shift = 12; shift >= 0; shift -= 4) clean.Append("0123456789ABCDEF"[(c >> shift) & 0xF]);
                break;
        }
    }

    // Control characters but the tab, the other ends of lines, and what turns the direction of the text around it.
    private static bool IsHidden(char c) =>
        (char.IsControl(c) && c != '\t') || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C';
}
