/** `tapline migrate sync`: one round of the hybrid period. */
import { Command, Flags } from "@oclif/core";
import { migrationArgs, migrationFlags } from "../../migrate/flags.ts";
import { conclude } from "../../outcome.ts";

export default class MigrateSync extends Command {
  static override description = `Loads what changed on the old side into the new one, and compares both.

Do this each day of the hybrid period. The old side is the truth. The load is an ordinary run from the tap to the target, so tapline runs lists it. Each sync is kept: see tapline migrate status.

Exit codes: 0 the new side is level; 1 it failed, or the sides differ; 2 usage; 130 and 143 stopped.`;
  static override examples = [
    "<%= config.bin %> migrate sync",
    "<%= config.bin %> migrate sync postgres snowflake -e prod --json",
    "<%= config.bin %> migrate sync --no-verify",
  ];
  static override args = migrationArgs;
  static override flags = {
    ...migrationFlags,
    verify: Flags.boolean({ allowNo: true, default: true, description: "Compare both sides after the load." }),
    quiet: Flags.boolean({ char: "q", description: "Print only the result, warnings and failures." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { args, flags } = await this.parse(MigrateSync);
        const { sync } = await import("../../migrate/sync.ts");
        return sync({ ...args, ...flags });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
