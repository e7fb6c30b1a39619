using System.Buffers.Text;
using System.Text;
using CsCheck;
using Xunit;

namespace Flame.Tests;

public sealed class FlameParentTests
{
    private static readonly string s_token = FlameParent.NewToken();

    private static readonly string[] s_words = ["true", "false", "null", "0", "-0", "17", "-2.5e+3", "1E9", "0.5", "\"\"", "\"a\\u005Db\"", "\"\\\\\""];

    private static readonly Gen<string> s_json = Gen.Recursive<string>((depth, inner) =>
    {
        var plain = Gen.OneOf(
            Gen.Int[0, s_words.Length - 1].Select(i => s_words[i]),
            Gen.Int.Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (depth > 3) return plain;
        return Gen.OneOf(
            plain,
            inner.List[0, 3].Select(items => $"[{string.Join(", ", items)}]"),
            inner.List[0, 3].Select(items => $"{{{string.Join(",", items.Select((item, i) => $"\"m{i}\" : {item}"))}}}"));
    });

    private static FlameParent Sample() => new()
    {
        Pool = "gpu",
        Executor = "gpu/3",
        Backend = "local",
        BuildId = "b-1",
        Endpoints = ["unix:/run/x/link.sock", "https://10.0.0.7:41231"],
        Token = s_token,
        CertificatePin = "pin",
    };

    [Fact]
    public void Everything_written_is_read_back()
    {
        var read = FlameParent.Parse(Sample().Encode());

        Assert.Equal(Sample().Endpoints, read.Endpoints);
        Assert.Equal(Sample() with { Endpoints = read.Endpoints }, read);
    }

    [Fact]
    public void Any_text_in_any_field_is_read_back() =>
        Gen.Select(Gen.String[1, 40], Gen.String[1, 40], Gen.String[1, 40].List[1, 4], Gen.String[1, 40].Null()).Sample((pool, build, endpoints, pin) =>
        {
            // JSON holds text, and half a surrogate pair is none.
            if (!IsText(pool) || !IsText(build) || !endpoints.All(IsText) || (pin is not null && !IsText(pin)))
                return true;
            var parent = Sample() with { Pool = pool, BuildId = build, Endpoints = endpoints, CertificatePin = pin };
            var read = FlameParent.Parse(parent.Encode());
            return read.Endpoints.SequenceEqual(endpoints) && read == parent with { Endpoints = read.Endpoints };
        });

    [Fact]
    public void Tokens_are_32_bytes_and_never_the_same()
    {
        Assert.Equal(32, Base64Url.DecodeFromChars(FlameParent.NewToken()).Length);
        Assert.NotEqual(FlameParent.NewToken(), FlameParent.NewToken());
    }

    [Fact]
    public void What_it_prints_does_not_hold_the_token()
    {
        Assert.DoesNotContain(s_token, Sample().ToString(), StringComparison.Ordinal);
        Assert.Contains("gpu/3", Sample().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[]""", "it is not a JSON object")]
    [InlineData("""{"v":1,""", "it is not JSON")]
    [InlineData("""{"v":1} x""", "it is not JSON")]
    [InlineData("""{}""", "field v is missing")]
    [InlineData("""{"v":"1"}""", "field v has the wrong type")]
    [InlineData("""{"pool":[{"a":1}],"v":2}""", "it has version 2, and this build reads version 1")]
    [InlineData("""{"v":1,"endpoints":"x"}""", "field endpoints has the wrong type")]
    [InlineData("""{"v":1,"endpoints":[1]}""", "field endpoints has the wrong type")]
    [InlineData("""{"v":1,"endpoints":[]}""", "it names no endpoints")]
    [InlineData("""{"v":1}""", "field endpoints is missing")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":7}""", "field pool has the wrong type")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":""}""", "field pool is empty")]
    [InlineData("""{"v":1,"endpoints":["a"]}""", "field pool is missing")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":"p"}""", "field executor is missing")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":"p","executor":"p/1"}""", "field token is missing")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":"p","executor":"p/1","token":"c2hvcnQ"}""", "the token is not 32 bytes")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":"p","executor":"p/1","token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", "field build is missing")]
    [InlineData("""{"v":1,"endpoints":["unix:link.sock"]}""", "an endpoint is a path that does not begin at the root, or leads back")]
    [InlineData("""{"v":1,"endpoints":["unix:/tmp/../etc/link.sock"]}""", "an endpoint is a path that does not begin at the root, or leads back")]
    [InlineData("""{"v":1,"endpoints":["tcp:127.0.0.1:1","unix:/tmp/a\u0000/link.sock"]}""", "an endpoint is a path that does not begin at the root, or leads back")]
    [InlineData("""{"v":1,"v":1}""", "field v is there twice")]
    [InlineData("""{"v":1,"endpoints":["a"],"endpoints":["b"]}""", "field endpoints is there twice")]
    [InlineData("""{"v":1,"endpoints":["a"],"pool":"p","executor":"p/1","executor":"p/2"}""", "field executor is there twice")]
    [InlineData("""{"v":1,"endpoints":["a"],"token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","token":"BBBBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", "field token is there twice")]
    [InlineData("""{"v":1,"pin":"a","pin":"b"}""", "field pin is there twice")]
    public void Each_kind_of_damage_has_one_line_of_its_own(string json, string problem)
    {
        var error = Assert.Throws<FlameParentException>(() => FlameParent.Parse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))));

        Assert.Equal($"FLM2101: FLAME_PARENT is malformed: {problem}.", error.Message);
    }

    [Fact]
    public void Fields_of_a_later_build_are_passed_over_whatever_they_hold()
    {
        var json = $$"""
             { "later" : {"a":[1,-2.5e+3,{"b":null}],"c":"}\"\u005D","d":{} } , "v" : 1 ,
               "endpoints" : [ "a" , "b" ] , "pool":"p\u00e9\/\t" ,"executor":"p/1","token":"{{s_token}}","build":"b","backend":"local","more":[true,false] }
            """;

        var read = FlameParent.Parse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(("pé/\t", "a b"), (read.Pool, string.Join(' ', read.Endpoints)));
    }

    [Theory]
    [InlineData("""{"v":1,"x":nope}""")]
    [InlineData("""{"v":1,"x":"\x"}""")]
    [InlineData("""{"v":1,"x":"\u12g4"}""")]
    [InlineData("""{"v":1,"x":[1 2]}""")]
    [InlineData("""{"v":1,"x":1,}""")]
    [InlineData("""{"v":1 "x":1}""")]
    [InlineData("""{"v":1,"x":"open}""")]
    [InlineData("{\"v\":1,\"x\":\"a\nb\"}")]
    [InlineData("""{"v":1,"x":-}""")]
    [InlineData("""{"v":1,"x":01}""")]
    [InlineData("""{"v":1,"x":1.}""")]
    [InlineData("""{"v":1,"x":.5}""")]
    [InlineData("""{"v":1,"x":+1}""")]
    [InlineData("""{"v":1,"x":1e}""")]
    [InlineData("""{"v":1,"x":1e+}""")]
    [InlineData("""{"v":1,"x":1-2.e}""")]
    [InlineData("""{"v":1,"x":1true}""")]
    [InlineData("""{"v":1,"x":truefalse}""")]
    public void What_no_JSON_reader_takes_is_not_taken_here(string json) => Assert.Contains(
        "it is not JSON",
        Assert.Throws<FlameParentException>(() => FlameParent.Parse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Whatever_is_read_here_every_JSON_reader_takes() =>
        Gen.Select(s_json, Gen.Int[0, 60], Gen.Char["{}[]:,\"\\ -+.eE01tfnul\n\u0001"], Gen.Int[0, 2]).Sample((json, where, what, how) =>
        {
            where %= json.Length;
            json = how switch { 0 => json, 1 => json.Insert(where, $"{what}"), _ => json.Remove(where, 1) };
            json = $$$"""{"v":1,"endpoints":["a"],"pool":"p","executor":"p/1","token":"{{{s_token}}}","build":"b","backend":"local","x":{{{json}}}}""";
            try
            {
                FlameParent.Parse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)));
            }
            catch (FlameParentException)
            {
                return !IsJson(json) || IsNamed(json);
            }

            return IsJson(json);
        }, iter: 20_000);

    [Fact]
    public void Text_that_is_no_base64url_is_named_so() =>
        Assert.Contains("it is not base64url", Assert.Throws<FlameParentException>(() => FlameParent.Parse("{\"v\":1}")).Message, StringComparison.Ordinal);

    [Fact]
    public void More_than_8_KiB_is_refused_before_it_is_looked_at() =>
        Assert.Contains("over 8 KiB", Assert.Throws<FlameParentException>(() => FlameParent.Parse(new string('{', 9000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Garbage_never_throws_anything_else() =>
        Gen.OneOf(Gen.String, Gen.Byte.Array[0, 300].Select(bytes => Base64Url.EncodeToString(bytes))).Sample(IsReadOrRefused, iter: 20_000);

    [Fact]
    public void Damaged_values_never_throw_anything_else_and_never_echo_the_token() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 400], Gen.Byte).Sample((kind, where, what) =>
        {
            var json = Base64Url.DecodeFromChars(Sample().Encode()).ToList();
            where %= json.Count;
            switch (kind)
            {
                case 0:
                    json[where] = what;
                    break;
                case 1:
                    json.RemoveRange(where, json.Count - where);
                    break;
                default:
                    json.Insert(where, what);
                    break;
            }

            return IsReadOrRefused(Base64Url.EncodeToString(json.ToArray()));
        }, iter: 20_000);

    private static bool IsReadOrRefused(string value)
    {
        try
        {
            FlameParent.Parse(value);
            return true;
        }
        catch (FlameParentException error)
        {
            return !error.ToString().Contains(s_token, StringComparison.Ordinal)
                && !error.Message.Contains('\n', StringComparison.Ordinal)
                && error.Message.StartsWith("FLM2101: ", StringComparison.Ordinal);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            System.Text.Json.JsonDocument.Parse(text).Dispose();
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    // A quote and a comma that were put in can make fields of ours of what followed.
    private static bool IsNamed(string text)
    {
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return json.RootElement.EnumerateObject().Count() > 8;
    }

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }

        return true;
    }
}
