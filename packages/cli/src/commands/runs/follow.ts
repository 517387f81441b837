/** `tapline runs follow`: shows a run from another terminal, while it goes on or later. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class RunsFollow extends Command {
  static override description = `Shows a run as the terminal shows it that started it: from its beginning, and to its end while it goes on.

It disturbs the run in no way: Ctrl-C ends only this command. The exit code is that of the run; 1 if it crashed.`;
  static override examples = ["<%= config.bin %> runs follow", "<%= config.bin %> runs follow 20260131T101500Z-1a2b3c4d --json"];
  static override args = { run: Args.string({ description: "The id of the run, or its beginning. Default: the last run." }) };
  static override flags = {
    json: Flags.boolean({ description: "Print JSON lines on stdout instead of text." }),
    quiet: Flags.boolean({ char: "q", description: "Print only warnings and failures." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsFollow);
    await conclude(
      async () => {
        const { followWords } = await import("../../follow-words.ts");
        return followWords({ run: args.run, json: flags.json === true, quiet: flags.quiet === true });
      },
      { json: flags.json === true },
    );
  }
}
