using System.CommandLine;

namespace Thumbnails;

/// <summary>What the user asked for.</summary>
internal sealed record Options(string[] Videos, string Folder, int Stills, int Executors)
{
    /// <summary>Reads the command line; help, the version and errors are printed here.</summary>
    /// <returns><see langword="null"/>: there is nothing more to do.</returns>
    public static Options? Parse(string[] args, out int exitCode)
    {
        var videos = new Argument<string[]>("videos") { Description = "Videos, or folders of videos. None: a few short ones are made." };
        var folder = new Option<string>("--out") { Description = "Where the pictures go.", DefaultValueFactory = _ => Path.Combine("out", "thumbnails") };
        var stills = new Option<int>("--stills") { Description = "Stills of each video.", DefaultValueFactory = _ => 5 };
        var executors = new Option<int>("--executors") { Description = "Executors at most.", DefaultValueFactory = _ => 4 };
        var command = new RootCommand("Takes stills of videos with ffmpeg, on a pool of executors.") { videos, folder, stills, executors };
        foreach (var (option, most) in new[] { (stills, 20), (executors, 64) })
        {
            option.HelpName = $"1-{most}";
            option.Validators.Add(given =>
            {
                if (given.GetValueOrDefault<int>() is var value && (value < 1 || value > most)) given.AddError($"{option.Name} takes 1 to {most}, not {value}.");
            });
        }

        var parsed = command.Parse(args);
        exitCode = parsed.Action is null ? 0 : parsed.Invoke();
        return parsed.Action is null
            ? new Options(parsed.GetValue(videos) ?? [], parsed.GetRequiredValue(folder), parsed.GetValue(stills), parsed.GetValue(executors))
            : null;
    }
}
