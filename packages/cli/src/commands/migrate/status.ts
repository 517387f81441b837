/** `tapline migrate status`: how far migrations are, and the syncs of their hybrid periods. */
import { Command, Flags } from "@oclif/core";
import { migrationArgs, migrationFlags } from "../../migrate/flags.ts";
import { conclude } from "../../outcome.ts";

export default class MigrateStatus extends Command {
  static override description = "Shows how far migrations are, and how long the new side has been level with the old one.";
  static override examples = [
    "<%= config.bin %> migrate status",
    "<%= config.bin %> migrate status postgres snowflake -e prod",
    "<%= config.bin %> migrate status --json",
  ];
  static override args = migrationArgs;
  static override flags = { ...migrationFlags, limit: Flags.integer({ min: 1, default: 14, description: "How many syncs to show." }) };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { args, flags } = await this.parse(MigrateStatus);
        const { status } = await import("../../migrate/status.ts");
        return status({ ...args, ...flags });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
