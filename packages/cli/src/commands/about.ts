/** `tapline about`: what a plugin reports about itself, for people or as JSON. */
import { Args, Command, Flags } from "@oclif/core";
import { capabilities, hasCapability, type ReportedAbout } from "@tapline/protocol";
import { layOutWithText } from "@tapline/protocol/text";
import { describeGuarantee, guaranteeOf, openProjectOrEmpty, preparePlugin } from "@tapline/runner";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { columnsOf, printLines } from "../terminal.ts";

export default class About extends Command {
  static override description = "Shows what a plugin is, what it can do and which settings it has.";
  static override examples = ["<%= config.bin %> about target-duckdb", "<%= config.bin %> about tap-csv --json"];
  static override args = { plugin: Args.string({ description: "The plugin's name.", required: true }) };
  static override flags = { json: Flags.boolean({ description: "Print the plugin's own answer as JSON." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(About);
    await conclude(async () => {
      const { about, executable } = await preparePlugin(openProjectOrEmpty(process.cwd()), args.plugin, { binFolders: ownBinFolders });
      if (about === null) {
        process.stderr.write(
          `${args.plugin} (${executable.path}) does not answer to --about, so nothing is known about it. It can still be run.\n`,
        );
        return exitCodes.failed;
      }
      if (flags.json) process.stdout.write(`${JSON.stringify(about, null, 2)}\n`);
      else printLines(describe(args.plugin, about));
      return exitCodes.done;
    });
  }
}

function describe(plugin: string, about: ReportedAbout): string[] {
  const rows = settingRows(about.settings);
  return [
    `${about.name ?? plugin} ${about.version ?? "(version unknown)"}`,
    ...(about.description === undefined ? [] : [about.description]),
    "",
    `capabilities  ${about.capabilities?.join(", ") ?? "unknown"}`,
    ...(isTap(plugin, about) ? [] : [`delivery      ${describeGuarantee(guaranteeOf(about))}`]),
    ...(about.single_writer === undefined ? [] : [`one writer    at a time for each ${about.single_writer.setting}`]),
    "",
    ...(rows.length === 0 ? ["No settings are known."] : ["settings", ...layOutWithText(rows, columnsOf(process.stdout), "  ")]),
  ];
}

function isTap(plugin: string, about: ReportedAbout): boolean {
  return hasCapability(about, capabilities.discover) || plugin.startsWith("tap-");
}

/** Settings inside objects have a path as name: `auth.token`. */
function settingRows(settings: ReportedAbout["settings"] = {}, above = ""): string[][] {
  const required = new Set(Array.isArray(settings.required) ? settings.required : []);
  return Object.entries(settings.properties ?? {}).flatMap(([name, { description = "", secret, properties }]) => {
    const path = `${above}${name}`;
    if (properties !== undefined && description === "") return settingRows({ properties }, `${path}.`);
    return [[path, [required.has(name) ? "required" : "", secret === true ? "secret" : ""].filter(Boolean).join(", "), description]];
  });
}
