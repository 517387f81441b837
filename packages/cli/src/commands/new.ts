/** `tapline new`: the package of a plugin of one's own, with a test that passes. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

// Help is made without the package that writes the files.
const tapKinds = ["rest", "sql", "file", "custom"];

export default class New extends Command {
  static override description =
    `Makes the package of a plugin in a folder of its own: one source file that runs, a contract test that passes, a README with its settings, and a file for CI.

A tap of the kind rest reads an API with @tapline/rest, sql reads tables of a database with @tapline/sql-tap, file reads files of a format, and custom reads whatever its generator yields. A target writes rows to a place; a mapper changes rows between a tap and a target. Publishing the package (npm publish) is all there is to giving it to others. Without tapline, npm create tapline does the same.`;
  static override examples = [
    "<%= config.bin %> new tap orders",
    "<%= config.bin %> new tap billing --kind sql",
    "<%= config.bin %> new target warehouse",
    "<%= config.bin %> new mapper mask",
  ];
  static override args = {
    what: Args.string({ description: "What to make.", options: ["tap", "target", "mapper"], required: true }),
    name: Args.string({ description: "Its name, without tap-, target- or map- before it.", required: true }),
  };
  static override flags = {
    kind: Flags.string({ description: "What a tap reads. Default: rest.", options: tapKinds }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(New);
    const { kinds, makePlugin, namePattern, nextSteps } = await import("create-tapline");
    const { usage } = await import("../usage.ts");
    if (args.what !== "tap" && flags.kind !== undefined) this.error("--kind is for taps.", { exit: exitCodes.usage });
    const kind = args.what === "tap" ? (flags.kind ?? "rest") : args.what;
    if (!isKind(kind, kinds)) this.error(`There is no kind ${kind}.`, { exit: exitCodes.usage });
    const { prefix } = kinds[kind];
    const name = args.name.startsWith(prefix) ? args.name.slice(prefix.length) : args.name;
    if (!namePattern.test(name)) this.error("Give a name of small letters, digits and dashes.", { exit: exitCodes.usage });
    const explained = <T>(path: string, work: () => T): T => {
      try {
        return work();
      } catch (error) {
        throw usage.file_unwritable({ path, reason: (error as Error).message }, {}, error);
      }
    };
    await conclude(async () => {
      const { plugin, files } = explained(prefix + name, () => makePlugin(process.cwd(), kind, name));
      if (files.length === 0) {
        process.stderr.write(`There is already a ${plugin} here, so nothing was changed. Choose another name, or remove it.\n`);
        return exitCodes.usage;
      }
      process.stdout.write(`${files.map((path) => `created  ${path}\n`).join("")}\n${nextSteps(plugin)}`);
      return exitCodes.done;
    });
  }
}

const isKind = <T extends object>(kind: string, kinds: T): kind is keyof T & string => Object.hasOwn(kinds, kind);
