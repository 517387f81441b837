/** `tapline completion`: the script for the TAB key of a shell, and the answers that the script asks for. */
import { Args, Command, Flags } from "@oclif/core";
import { TaplineError } from "@tapline/protocol";
import { openProject, pluginKind, pluginNames } from "@tapline/runner";
import { type CompletableCommand, complete, type Names } from "../complete.ts";
import { conclude, exitCodes } from "../outcome.ts";

const shells = ["bash", "zsh", "fish"] as const;

export default class Completion extends Command {
  static override description = `Prints a script that completes tapline's commands, flags, plugins, jobs and environments.

bash: add to ~/.bashrc: eval "$(tapline completion bash)"
zsh:  add to ~/.zshrc, after compinit: eval "$(tapline completion zsh)"
fish: tapline completion fish > ~/.config/fish/completions/tapline.fish`;
  static override examples = ["<%= config.bin %> completion bash"];
  static override strict = false;
  static override args = { shell: Args.string({ description: "Your shell.", options: [...shells], required: true }) };
  static override flags = { words: Flags.boolean({ description: "Print what may come after these words.", hidden: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Completion);
    await conclude(async () => {
      // The raw arguments: the parser would treat a second -- as its own.
      const typed = this.argv.slice(this.argv.indexOf("--") + 1);
      const lines = flags.words
        ? complete(typed, this.commands(), namesHere())
        : [scripts[args.shell as (typeof shells)[number]].trimEnd()];
      if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
      return exitCodes.done;
    });
  }

  private commands(): CompletableCommand[] {
    const known = this.config.commands.filter(({ hidden }) => hidden !== true);
    return known.map(({ id, flags }) => ({
      words: id.split(":"),
      flags: Object.values(flags).flatMap(({ name, char, type, hidden }) =>
        hidden === true ? [] : [{ name, char, takesValue: type === "option" }],
      ),
    }));
  }
}

/** Empty without a project, or with a broken one: the TAB key must not print errors. */
function namesHere(): Names {
  try {
    const project = openProject(process.cwd());
    const { jobs = {}, environments = {}, default_environment = "dev" } = project.parsed.file;
    const plugins = pluginNames(project);
    return {
      plugins,
      taps: plugins.filter((name) => pluginKind(project.parsed, name) === "tap"),
      targets: plugins.filter((name) => pluginKind(project.parsed, name) === "target"),
      jobs: Object.keys(jobs),
      environments: [default_environment, ...Object.keys(environments)],
    };
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    return { plugins: [], taps: [], targets: [], jobs: [], environments: [] };
  }
}

const scripts = {
  bash: `_tapline() {
  local IFS=$'\\n'
  COMPREPLY=($(tapline completion bash --words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _tapline tapline
`,
  zsh: `_tapline() {
  local -a found
  found=("\${(@f)$(tapline completion zsh --words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -a found || _files
}
compdef _tapline tapline
`,
  fish: `function __tapline_complete
  set -l found (tapline completion fish --words -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c tapline -f -a '(__tapline_complete)'
`,
};
