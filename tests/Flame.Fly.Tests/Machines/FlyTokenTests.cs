using Flame.Fly.Machines;

namespace Flame.Fly.Tests.Machines;

public sealed class FlyTokenTests
{
    [Theory]
    [InlineData("plain-token", "Bearer plain-token")]
    [InlineData("Bearer plain-token", "Bearer plain-token")]
    [InlineData("FlyV1 fm2_abc", "FlyV1 fm2_abc")]
    [InlineData("fm2_abc", "FlyV1 fm2_abc")]
    [InlineData("  BEARER FLYV1 fm1r_x ", "FlyV1 fm1r_x")]
    [InlineData("FlyV1 fm2_a, fo1_old,fm1a_b", "FlyV1 fm2_a,fm1a_b")]
    public void Goes_out_under_the_scheme_that_it_needs_however_it_was_stored(string stored, string sent) =>
        Assert.Equal(sent, FlyToken.Parse(stored)!.Header.ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("FlyV1 ")]
    [InlineData(" , ")]
    [InlineData("two\nlines")]
    [InlineData("with space")]
    public void What_no_header_can_carry_is_no_token(string? stored) => Assert.Null(FlyToken.Parse(stored));

    [Fact]
    public void Prints_itself_as_nothing_and_is_taken_out_of_texts()
    {
        var token = FlyToken.Parse("FlyV1 fm2_secret1,fm2_secret2")!;

        Assert.DoesNotContain("secret", token.ToString());
        Assert.DoesNotContain("secret", token.Clean("a proxy said: 'fm2_secret1,fm2_secret2', and fm2_secret2 alone"));
    }
}
