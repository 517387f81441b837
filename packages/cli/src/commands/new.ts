/** `tapline new`: the package of a plugin of one's own, with a test that passes. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class New extends Command {
  static override description =
    `Makes the package of a tap in a folder of its own: one source file that runs, a contract test that passes, a README, and a file for CI.

A tap of the kind rest reads an API with @tapline/rest; one of the kind custom reads whatever its generator yields. Publishing the package is all there is to giving it to others.`;
  static override examples = ["<%= config.bin %> new tap orders", "<%= config.bin %> new tap weather --kind custom"];
  static override args = {
    what: Args.string({ description: "What to make.", options: ["tap"], required: true }),
    name: Args.string({ description: "Its name, without tap- before it.", required: true }),
  };
  static override flags = {
    kind: Flags.string({ description: "What it reads.", options: ["rest", "custom"], default: "rest" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(New);
    const name = args.name.replace(/^tap-/, "");
    if (!/^[a-z][a-z0-9-]{0,60}$/.test(name)) this.error("Give a name of small letters, digits and dashes.", { exit: exitCodes.usage });
    await conclude(async () => {
      const { makeTap } = await import("../new/make-tap.ts");
      return makeTap(process.cwd(), name, flags.kind as "rest" | "custom");
    });
  }
}
