/** `tapline ci`: runs jobs on sample data in a scratch database, and shows how the result differs from that of another branch. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";

export default class Ci extends Command {
  static override description =
    `Tries a change of the project: runs its jobs on sample data into a scratch database, once as this working tree has them and once as the branch main had them, and shows how the tables differ.

No target of the project is written to: each becomes a DuckDB file, or with ci.scratch in tapline.yml a database beside that of a target of PostgreSQL; it is dropped at the end. Both sides run in copies of the project, with states of their own. Steps of dbt run, with their tests; other programs only where ci.programs names them. States, notices and places in logs stay as they are, and no file is put away.

Exit codes: 0 jobs and tests passed, whether the result differs or not; 1 one failed, or the result differs with --expect-equal; 2 usage; 130 and 143 stopped.`;
  static override examples = [
    "<%= config.bin %> ci",
    "<%= config.bin %> ci daily --base release --markdown comment.md",
    "<%= config.bin %> ci --expect-equal",
    "<%= config.bin %> ci --no-compare --json",
  ];
  static override args = { job: Args.string({ description: "Jobs of tapline.yml. Default: those of ci.jobs, else all." }) };
  static override strict = false;
  static override flags = {
    base: Flags.string({ description: "The branch, tag or commit to compare with. Default: ci.base, else main." }),
    compare: Flags.boolean({ allowNo: true, default: true, description: "Also run the other side, and compare." }),
    "expect-equal": Flags.boolean({ description: "End with 1 where the result differs, or could not be compared." }),
    rows: Flags.integer({ min: 1, description: "The most rows of each stream. Default: ci.rows, else 10000." }),
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml. Default: ci.environment, else the usual one." }),
    markdown: Flags.string({ description: "Also write the report to this file as Markdown, such as for a comment under a pull request." }),
    json: Flags.boolean({ description: "Print the report as one line of JSON instead of text." }),
    verbose: Flags.boolean({ char: "v", description: "Show the runs of both sides." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { argv, flags } = await this.parse(Ci);
        const { ci } = await import("../ci.ts");
        return ci(argv as string[], { ...flags, expectEqual: flags["expect-equal"] });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
