using System.Text;

namespace Flame;

/// <summary>
/// Reads JSON forwards, as little as <see cref="FlameParentFormat"/> needs. System.Text.Json and the vectorized
/// base64 of the framework would be loaded and compiled for one short text on the way of every cold start, where they
/// cost more than all of our own code together. Every method throws <see cref="FlameParentException"/> where it is not JSON.
/// </summary>
internal ref struct JsonCursor(ReadOnlySpan<char> text)
{
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>The next character that is no blank; <c>\0</c> at the end.</summary>
    public char Next
    {
        get
        {
            while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
            return _at < _text.Length ? _text[_at] : '\0';
        }
    }

    public bool AtEnd => Next == '\0' && _at == _text.Length;

    public bool TryTake(char expected)
    {
        if (Next != expected || AtEnd) return false;
        _at++;
        return true;
    }

    public void Take(char expected)
    {
        if (!TryTake(expected)) throw NotJson();
    }

    /// <summary>Takes the name of the next member, or the end of the object.</summary>
    public bool TryTakeName(ref bool isFirst, out string name)
    {
        name = "";
        if (TryTake('}')) return false;
        if (!isFirst) Take(',');
        isFirst = false;
        name = TakeString();
        Take(':');
        return true;
    }

    public string TakeString()
    {
        Take('"');
        var start = _at;
        StringBuilder? unescaped = null;
        while (true)
        {
            var c = TakeAny();
            if (c == '"') return unescaped?.ToString() ?? _text[start..(_at - 1)].ToString();
            if (c < ' ') throw NotJson();
            if (c == '\\')
            {
                unescaped ??= new StringBuilder().Append(_text[start..(_at - 1)]);
                c = TakeEscaped();
            }

            unescaped?.Append(c);
        }
    }

    /// <summary>Takes a whole number; <see langword="false"/> when something else was there, which is taken too.</summary>
    public bool TryTakeInt32(out int value)
    {
        var start = Next is '-' or (>= '0' and <= '9') ? _at : -1;
        Skip();
        value = 0;
        return start >= 0 && int.TryParse(_text[start.._at], System.Globalization.NumberStyles.AllowLeadingSign, null, out value);
    }

    /// <summary>Takes a value of any kind.</summary>
    public void Skip(int depth = 0)
    {
        if (depth > MaxDepth) throw NotJson();
        switch (Next)
        {
            case '{':
                _at++;
                for (var isFirst = true; TryTakeName(ref isFirst, out _);) Skip(depth + 1);
                break;
            case '[':
                _at++;
                for (var isFirst = true; !TryTake(']'); isFirst = false)
                {
                    if (!isFirst) Take(',');
                    Skip(depth + 1);
                }

                break;
            case '"':
                TakeString();
                break;
            default:
                SkipWord();
                break;
        }
    }

    private void SkipWord()
    {
        if (_at < _text.Length && char.IsAsciiLetterLower(_text[_at]))
        {
            var start = _at;
            while (_at < _text.Length && char.IsAsciiLetterLower(_text[_at])) _at++;
            if (_text[start.._at] is not ("true" or "false" or "null")) throw NotJson();
            return;
        }

        TryTakeHere('-');
        if (!TryTakeHere('0')) SkipDigits();
        if (TryTakeHere('.')) SkipDigits();
        if (!TryTakeHere('e') && !TryTakeHere('E')) return;
        if (!TryTakeHere('+')) TryTakeHere('-');
        SkipDigits();
    }

    private void SkipDigits()
    {
        if (!char.IsAsciiDigit(TakeAny())) throw NotJson();
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
    }

    private bool TryTakeHere(char expected)
    {
        if (_at == _text.Length || _text[_at] != expected) return false;
        _at++;
        return true;
    }

    public static FlameParentException NotJson() => new("it is not JSON");

    private char TakeAny() => _at < _text.Length ? _text[_at++] : throw NotJson();

    private char TakeEscaped()
    {
        switch (TakeAny())
        {
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u':
                var value = 0;
                for (var i = 0; i < 4; i++)
                {
                    var digit = TakeAny();
                    if (!char.IsAsciiHexDigit(digit)) throw NotJson();
                    value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
                }

                return (char)value;
            case var same and ('"' or '\\' or '/'): return same;
            default: throw NotJson();
        }
    }
}
