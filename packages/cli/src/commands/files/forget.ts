/** `tapline files forget`: files that were put away no longer count as loaded. */
import { Command, Flags } from "@oclif/core";
import { chosenArgs, commonFlags, forget } from "../../files.ts";
import { conclude } from "../../outcome.ts";

export default class FilesForget extends Command {
  static override description =
    `Forgets files that were put away: the same content may be loaded again, and \`--full-refresh --replace\` is no longer refused because of them.

Their rows stay in the database, and the files stay in the archive with their records.`;
  static override examples = [
    "<%= config.bin %> files forget tap-csv inbox/orders.csv",
    "<%= config.bin %> files forget tap-csv inbox/orders.csv --every",
    "<%= config.bin %> files forget tap-csv --all",
  ];
  static override strict = false;
  static override args = chosenArgs;
  static override flags = {
    all: Flags.boolean({ description: "All files that were put away." }),
    every: Flags.boolean({ description: "All files that had the name, such as an export of each day." }),
    ...commonFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(FilesForget);
    await conclude(() => forget(argv as string[], flags));
  }
}
