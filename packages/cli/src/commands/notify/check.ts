/** `tapline notify check`: tells what only a look at the clock or at earlier runs shows. */
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";

export default class NotifyCheck extends Command {
  static override description = `Tells people which jobs are late and which runs crashed, and sends notices again that were refused.

Call it each minute, from cron, where no server runs. It prints what it tried, and nothing where there was nothing to tell.`;
  static override examples = ["<%= config.bin %> notify check", "<%= config.bin %> notify check -e prod --json"];
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment to look at (default: as for run)." }),
    json: Flags.boolean({ description: "Print one JSON object for each notice, one a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(NotifyCheck);
    await conclude(
      async () => {
        const [{ checkNotices, environmentOf, openProject }, { printDeliveries }] = await Promise.all([
          import("@tapline/runner"),
          import("../../views/notices-text.ts"),
        ]);
        const project = openProject(process.cwd());
        const sent = await checkNotices(project, environmentOf(project, flags.environment), new Date());
        printDeliveries(sent, flags.json);
        return sent.every(({ outcome }) => outcome === "sent") ? exitCodes.done : exitCodes.failed;
      },
      { json: flags.json },
    );
  }
}
