/** `tapline init`: creates a first project that runs without a change. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";
import { starterFiles } from "../starter.ts";

export default class Init extends Command {
  static override description = "Creates a project in this folder: tapline.yml, a small CSV file to try it with, and .gitignore.";
  static override examples = ["<%= config.bin %> init", "<%= config.bin %> init --name shop"];
  static override flags = {
    name: Flags.string({
      description: "The name of the first job and of its database.",
      default: "items",
      parse: async (name) => {
        if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) throw new Error("Use letters, digits, dashes and underscores.");
        return name;
      },
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    await conclude(async () => {
      const folder = process.cwd();
      if (existsSync(join(folder, "tapline.yml"))) {
        process.stderr.write("There is already a tapline.yml here, so nothing was changed. Edit it, or use an empty folder.\n");
        return exitCodes.usage;
      }
      for (const [path, { content, ifThere }] of Object.entries(starterFiles(flags.name))) {
        if (existsSync(join(folder, path))) {
          process.stdout.write(`kept     ${path}${ifThere === undefined ? "" : `   (${ifThere})`}\n`);
          continue;
        }
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content, { flag: "wx" });
        process.stdout.write(`created  ${path}\n`);
      }
      process.stdout.write(`\nNext: tapline run ${flags.name}\n`);
      return exitCodes.done;
    });
  }
}
