using System.CommandLine;

namespace Flame.Cli.Verbs;

/// <summary><c>flame completion</c>: a script for a shell. It asks the tool itself what could come, and that asks the running parent.</summary>
internal static class Completion
{
    public static Command Make(Globals globals)
    {
        var shell = new Argument<string>("shell") { HelpName = "bash|zsh|fish|pwsh", Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var verb = new Command("completion", "A script for completion: of verbs, options, and the names of what runs.") { shell };
        globals.Does(verb, (run, _) =>
        {
            run.Output.Raw(Script(run.Get(shell)!).ReplaceLineEndings("\n") + "\n");
            return Task.FromResult(ExitCodes.Fine);
        });
        return verb;
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => """
            # In ~/.bashrc: eval "$(flame completion bash)"
            _flame() {
                local line=${COMP_LINE#* } start
                start=$((${#COMP_LINE} - ${#line}))
                mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" "[suggest:$((COMP_POINT - start))]" "$line" 2>/dev/null)
                [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            }
            complete -F _flame flame
            """,
        "zsh" => """
            # In ~/.zshrc, behind compinit: eval "$(flame completion zsh)"
            _flame() {
                local line=${BUFFER#* } start
                start=$((${#BUFFER} - ${#line}))
                local -a found
                found=("${(@f)$(${words[1]} "[suggest:$((CURSOR - start))]" "$line" 2>/dev/null)}")
                compadd -Q -- $found
            }
            compdef _flame flame
            """,
        "fish" => """
            # In ~/.config/fish/completions/flame.fish: flame completion fish | source
            function __flame
                set -l line (string replace -r '^\s*\S+\s?' '' -- (commandline -cp))
                flame "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c flame -f -a '(__flame)'
            """,
        _ => """
            # In $PROFILE: flame completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName flame -ScriptBlock {
                param($word, $ast, $position)
                $line = $ast.ToString() -replace '^\s*\S+\s?', ''
                $at = [Math]::Min($position - ($ast.ToString().Length - $line.Length), $line.Length)
                flame "[suggest:$at]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };
}
