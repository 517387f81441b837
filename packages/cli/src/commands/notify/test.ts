/** `tapline notify test`: sends a test notice. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";

export default class NotifyTest extends Command {
  static override description = "Sends a test notice to a channel of tapline.yml, or to all of them.";
  static override examples = ["<%= config.bin %> notify test", "<%= config.bin %> notify test team -e prod"];
  static override args = { channel: Args.string({ description: "A channel under notify in tapline.yml. Default: all." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment whose variables are used (default: as for run)." }),
    json: Flags.boolean({ description: "Print one JSON object for each channel, one a line." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NotifyTest);
    await conclude(
      async () => {
        const [{ environmentOf, openProject, testChannels }, { printDeliveries }] = await Promise.all([
          import("@tapline/runner"),
          import("../../views/notices-text.ts"),
        ]);
        const project = openProject(process.cwd());
        const sent = await testChannels(project, environmentOf(project, flags.environment), args.channel);
        printDeliveries(sent, flags.json);
        return sent.every(({ outcome }) => outcome === "sent") ? exitCodes.done : exitCodes.failed;
      },
      { json: flags.json },
    );
  }
}
