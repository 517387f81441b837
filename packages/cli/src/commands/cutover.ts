/** `tapline cutover`: the new pipeline takes the place of the old one, or gives it back. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";

export default class Cutover extends Command {
  static override description =
    `Renames the schemas of a parallel run in one transaction, and makes the project's files follow. --undo brings all back.

It needs the clean days and the sign-offs that parallel_run asks for (tapline parallel-run status), and no run at work. A killed command leaves the database as before or as after; give the same command again, and it does the rest. PostgreSQL only; for other databases it prints the steps by hand.

Exit codes: 0 done, or the plan is printed; 1 refused or failed, and nothing was renamed; 2 usage.`;
  static override examples = [
    "<%= config.bin %> cutover daily --dry-run",
    "<%= config.bin %> cutover daily -e prod --as ana",
    '<%= config.bin %> cutover daily --override "the old server is switched off tonight" --as ana',
    "<%= config.bin %> cutover daily --undo",
  ];
  static override args = { job: Args.string({ description: "The parallel run of tapline.yml. Default: the only one." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    undo: Flags.boolean({ exclusive: ["override"], description: "Rename back, and put the files back." }),
    "dry-run": Flags.boolean({ description: "Show the plan, the SQL, and what a person must look at. Nothing is changed." }),
    override: Flags.string({
      helpValue: "REASON",
      dependsOn: ["as"],
      description: "Make it although days or sign-offs are missing. The reason and the name are recorded.",
    }),
    as: Flags.string({ helpValue: "NAME", description: "Who makes it. Default: the user of this machine." }),
    json: Flags.boolean({ description: "Print one JSON object." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Cutover);
    await conclude(
      async () => {
        const { cutover } = await import("../cutover.ts");
        const { environment, undo, override, as, json } = flags;
        return cutover({ job: args.job, environment, undo, dryRun: flags["dry-run"], override, as, json });
      },
      { json: flags.json },
    );
  }
}
