/** `tapline list`: the plugins of the project. */
import { Command, Flags } from "@oclif/core";
import { layOut } from "@tapline/protocol/text";
import { listPlugins, openProject } from "@tapline/runner";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { columnsOf, printLines } from "../terminal.ts";

export default class List extends Command {
  static override description = "Lists the plugins of this project: their versions, where they come from, and whether they are installed.";
  static override examples = ["<%= config.bin %> list", "<%= config.bin %> list --json"];
  static override flags = { json: Flags.boolean({ description: "Print JSON." }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(List);
    await conclude(async () => {
      const plugins = listPlugins(openProject(process.cwd()), ownBinFolders);
      if (flags.json) process.stdout.write(`${JSON.stringify(plugins, null, 2)}\n`);
      else if (plugins.length === 0) printLines(["There are no plugins in this project yet. Add one: tapline add tap-csv"]);
      else {
        const rows = plugins.map(({ name, version, source, isInstalled }) => [
          name,
          version ?? "-",
          isInstalled ? source : `${source} not installed`,
        ]);
        printLines(layOut(rows, { width: columnsOf(process.stdout), whole: [0, 1] }));
      }
      return exitCodes.done;
    });
  }
}
