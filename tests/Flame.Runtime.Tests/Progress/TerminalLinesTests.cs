using System.Text;
using CsCheck;
using Flame.Progress;
using Xunit;

namespace Flame.Tests.Progress;

/// <summary>What is to be seen on a terminal that the program writes to as well, and knows nothing of us.</summary>
public sealed class TerminalLinesTests
{
    [Fact]
    public void Lines_stand_at_the_bottom_and_the_program_prints_above_them()
    {
        var screen = new Screen(12, 40);
        var lines = On(screen);
        screen.Write("first\n");
        lines.Show(["pool", "map 1"]);
        screen.Write("second\n");
        lines.Show(["pool", "map 2"]);
        Assert.Equal(["first", "second", "pool", "map 2"], screen.Everything);
        Assert.Equal(["pool", "map 2"], screen.Visible.TakeLast(2));
    }

    [Fact]
    public void End_leaves_what_the_program_printed_and_nothing_else()
    {
        var screen = new Screen(12, 40);
        var lines = On(screen);
        for (var i = 1; i <= 30; i++)
        {
            screen.Write($"line {i}\n");
            lines.Show(["pool", $"map {i}"]);
        }

        lines.Say("summary");
        lines.Close();
        screen.Write("prompt$ ");
        Assert.True(screen.IsWhole, "the program must find a terminal that scrolls as it did before");
        Assert.Equal([.. Enumerable.Range(1, 30).Select(i => $"line {i}"), "summary", "prompt$"], screen.Everything);
    }

    [Fact]
    public void Line_that_the_program_has_begun_goes_on_where_it_was()
    {
        var screen = new Screen(12, 40);
        var lines = On(screen);
        for (var i = 0; i < 20; i++) screen.Write($"{i}\n");
        screen.Write("Password: ");
        lines.Show(["pool"]);
        screen.Write("secret\n");
        lines.Show([]);
        Assert.Equal("Password: secret", screen.Everything[^1]);
    }

    [Fact]
    public void Line_is_cut_and_does_not_go_on_below()
    {
        var screen = new Screen(12, 40);
        On(screen).Show([new string('x', 200), "map"]);
        Assert.Equal([new string('x', 38) + "…", "map"], screen.Visible.TakeLast(2));
    }

    [Theory]
    [InlineData(7, 40)]
    [InlineData(24, 19)]
    [InlineData(0, 0)]
    public void Nothing_is_drawn_where_there_is_no_room(int rows, int columns)
    {
        var output = new MemoryStream();
        new TerminalLines(output, () => (rows, columns)).Show(["pool"]);
        Assert.Empty(output.ToArray());
    }

    [Fact]
    public void Most_of_the_terminal_stays_the_programs()
    {
        var screen = new Screen(12, 40);
        On(screen).Show([.. Enumerable.Range(0, 20).Select(i => $"pool {i}")]);
        Assert.Equal(["pool 0", "pool 1", "pool 2", "pool 3"], screen.Everything);
    }

    [Fact]
    public void What_a_program_prints_is_never_garbled_whatever_is_drawn_meanwhile() =>
        Gen.Select(Gen.Int[8, 14], Gen.Int[0, 20], Gen.Select(Gen.Int[0, 6], Gen.Int[0, 4]).Array[1, 60]).Sample((rows, before, steps) =>
        {
            var screen = new Screen(rows, 30);
            var lines = On(screen);
            var printed = new List<string>();
            void Print(string line)
            {
                printed.Add(line);
                screen.Write(line[..3]);
                if (printed.Count % 3 == 0) lines.Show([$"between {printed.Count}"]);
                screen.Write(line[3..] + "\n");
            }

            for (var i = 0; i < before; i++) Print($"before {i}");
            for (var i = 0; i < steps.Length; i++)
            {
                var (act, count) = steps[i];
                if (act < 3) Print($"line {i}");
                else if (act == 3) lines.Say($"said {printed.Count}");
                else lines.Show([.. Enumerable.Range(0, count).Select(n => $"~{n} {i}")]);
                if (act == 3) printed.Add($"said {printed.Count}");
            }

            lines.Close();
            Assert.Equal(printed, screen.Everything);
            Assert.True(screen.IsWhole);
        }, iter: 2_000);

    private static TerminalLines On(Screen screen) => new(new Typewriter(screen), () => (screen.Rows, screen.Columns));

    private sealed class Typewriter(Screen screen) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => screen.Write(Encoding.UTF8.GetString(buffer, offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => screen.Write(Encoding.UTF8.GetString(buffer));
    }
}
