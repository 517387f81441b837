/** `tapline migrate back`: ends a migration on the old side. */
import { Command, Flags } from "@oclif/core";
import { migrationArgs, migrationFlags } from "../../migrate/flags.ts";
import { conclude } from "../../outcome.ts";

export default class MigrateBack extends Command {
  static override description = `Goes back to the old side, which stayed the truth. No row has to be moved.

1. Both sides are compared: rows that only the new side has, or has with other values, would be lost, so it stops there unless --discard is given.
2. Syncs load no more.
3. With --repoint, programs of tapline.yml whose setting target is the new side, such as dbt, get this target instead.

The tables of the new side stay as they are, and so do the exported files.`;
  static override examples = [
    "<%= config.bin %> migrate back",
    "<%= config.bin %> migrate back --repoint target-postgres",
    "<%= config.bin %> migrate back postgres snowflake --discard -e prod",
  ];
  static override args = migrationArgs;
  static override flags = {
    ...migrationFlags,
    discard: Flags.boolean({ description: "Do not compare: what only the new side has is given up." }),
    repoint: Flags.string({ description: "A target of tapline.yml that is the old side." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { args, flags } = await this.parse(MigrateBack);
        const { back } = await import("../../migrate/back.ts");
        return back({ ...args, ...flags });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
