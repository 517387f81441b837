/** `tapline about`: what a plugin tells about itself, for people or as JSON. */
import { Args, Command, Flags } from "@oclif/core";
import { capabilities, hasCapability, type ReportedAbout } from "@tapline/protocol";
import { describeGuarantee, guaranteeOf, openProjectOrEmpty, preparePlugin } from "@tapline/runner";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { leftAligned } from "../table.ts";
import { clean } from "../terminal.ts";

export default class About extends Command {
  static override description = "Says what a plugin is, what it can do and which settings it has.";
  static override examples = ["<%= config.bin %> about target-duckdb", "<%= config.bin %> about tap-csv --json"];
  static override args = { plugin: Args.string({ description: "The plugin's name.", required: true }) };
  static override flags = { json: Flags.boolean({ description: "Print what the plugin told as JSON." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(About);
    await conclude(async () => {
      const { about, executable } = await preparePlugin(openProjectOrEmpty(process.cwd()), args.plugin, { binFolders: ownBinFolders });
      if (about === null) {
        process.stderr.write(
          `${args.plugin} (${executable.path}) tells nothing about itself: it has no --about. It can be run all the same.\n`,
        );
        return exitCodes.failed;
      }
      process.stdout.write(flags.json ? `${JSON.stringify(about, null, 2)}\n` : `${describe(args.plugin, about).map(clean).join("\n")}\n`);
      return exitCodes.done;
    });
  }
}

function describe(plugin: string, told: ReportedAbout): string[] {
  const rows = settingRows(told.settings);
  return [
    `${told.name ?? plugin} ${told.version ?? "(version not told)"}`,
    ...(told.description === undefined ? [] : [told.description]),
    "",
    `capabilities  ${told.capabilities?.join(", ") ?? "not told"}`,
    ...(isTap(plugin, told) ? [] : [`delivery      ${describeGuarantee(guaranteeOf(told))}`]),
    ...(told.single_writer === undefined ? [] : [`one writer    at a time for each ${told.single_writer.setting}`]),
    "",
    ...(rows.length === 0 ? ["No settings told."] : ["settings", ...leftAligned(rows).map((row) => `  ${row}`)]),
  ];
}

function isTap(plugin: string, about: ReportedAbout): boolean {
  return hasCapability(about, capabilities.discover) || plugin.startsWith("tap-");
}

/** Settings within objects by their path: `auth.token`. */
function settingRows(settings: ReportedAbout["settings"] = {}, above = ""): string[][] {
  const required = new Set(Array.isArray(settings.required) ? settings.required : []);
  return Object.entries(settings.properties ?? {}).flatMap(([name, { description = "", secret, properties }]) => {
    const path = `${above}${name}`;
    if (properties !== undefined && description === "") return settingRows({ properties }, `${path}.`);
    return [[path, [required.has(name) ? "required" : "", secret === true ? "secret" : ""].filter(Boolean).join(", "), description]];
  });
}
