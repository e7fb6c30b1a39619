using System.CommandLine;

namespace Stills;

/// <summary>What the user asked for.</summary>
internal sealed record Options(string[] Videos, string Folder, ModelFiles Model, int Stills, int Executors)
{
    /// <summary>Reads the command line; help and errors are printed here.</summary>
    /// <returns><see langword="null"/>: there is nothing more to do.</returns>
    public static Options? Parse(string[] args, out int exitCode)
    {
        var videos = new Argument<string[]>("videos") { Description = "Videos, folders of videos, or addresses of videos. None: a few short ones are made." };
        var folder = new Option<string>("--out") { Description = "Where the contact sheet goes.", DefaultValueFactory = _ => Path.Combine("out", "stills") };
        var model = new Option<string>("--model") { Description = "An image classifier, exported to ONNX. None: a small one is made." };
        var stills = new Option<int>("--stills") { Description = "Stills of each video.", DefaultValueFactory = _ => 6 };
        var executors = new Option<int>("--executors") { Description = "Executors at most.", DefaultValueFactory = _ => 2 };
        var command = new RootCommand("Takes stills of videos and has a model say what is on them, on a pool of executors.") { videos, folder, model, stills, executors };
        foreach (var (option, most) in new[] { (stills, 50), (executors, 64) })
        {
            option.HelpName = $"1-{most}";
            option.Validators.Add(given =>
            {
                if (given.GetValueOrDefault<int>() is var value && (value < 1 || value > most)) given.AddError($"{option.Name} takes 1 to {most}, not {value}.");
            });
        }

        model.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { } path && !File.Exists(path)) given.AddError($"{path}: there is no such model");
        });

        var parsed = command.Parse(args);
        exitCode = parsed.Action is null ? 0 : parsed.Invoke();
        if (parsed.Action is not null) return null;

        // Executors are started with the same arguments in the same folder, and come to the same paths.
        var output = Path.GetFullPath(parsed.GetRequiredValue(folder));
        var given = parsed.GetValue(model);
        return new Options(
            parsed.GetValue(videos) ?? [],
            output,
            given is null ? new ModelFiles(Path.Combine(output, "model", "scenes.onnx"), IsOurs: true) : new ModelFiles(Path.GetFullPath(given), IsOurs: false),
            parsed.GetValue(stills),
            parsed.GetValue(executors));
    }
}
