/** `tapline config list`: lists a plugin's settings, their values as written, and where each comes from. */
import { relative } from "node:path";
import { Args, Command, Flags } from "@oclif/core";
import { layOut } from "@tapline/protocol/text";
import { checkInstalledName, environmentOf, listSettings, openProject, preparePlugin, type SettingRow } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { ownBinFolders } from "../../plugin-folders.ts";
import { columnsOf, printLines } from "../../terminal.ts";

export default class ConfigList extends Command {
  static override description = "Lists a plugin's settings and where their values come from. Secrets are not shown.";
  static override examples = ["<%= config.bin %> config list tap-csv", "<%= config.bin %> config list target-postgres -e prod --json"];
  static override args = { plugin: Args.string({ description: "A plugin of tapline.yml.", required: true }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    json: Flags.boolean({ description: "Print JSON." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigList);
    await conclude(async () => {
      const project = openProject(process.cwd());
      const environment = environmentOf(project, flags.environment);
      const about = await aboutOf(() =>
        preparePlugin(project, checkInstalledName(project, args.plugin, ownBinFolders), { environment, binFolders: ownBinFolders }),
      );
      const rows = listSettings(project, args.plugin, environment, about);
      const place = ({ place: { file, line } }: SettingRow): string =>
        file === undefined ? "" : `${relative(process.cwd(), file)}:${line}`;
      if (flags.json) {
        const shown = rows.map((row) => ({
          name: row.name,
          value: row.value ?? null,
          source: row.source,
          from: row.from ?? null,
          place: place(row) || null,
        }));
        process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      } else if (rows.length === 0) printLines([`${args.plugin} has no settings in tapline.yml, and lists none in --about.`]);
      else {
        const table = rows.map((row) => [row.name, valueText(row), sourceText(row, place(row)), row.required ? "required" : ""]);
        printLines(layOut([["setting", "value", "from", ""], ...table], { width: columnsOf(process.stdout), whole: [0, 2, 3] }));
      }
      return exitCodes.done;
    });
  }
}

/** The plugin's --about only adds to the list: without it (it can't be started, a variable is missing) the settings of tapline.yml are listed. */
async function aboutOf(prepare: () => ReturnType<typeof preparePlugin>): Promise<Awaited<ReturnType<typeof preparePlugin>>["about"]> {
  try {
    return (await prepare()).about;
  } catch (error) {
    if (
      !(error instanceof Error) ||
      !["variable_missing", "plugin_not_found", "secret_file_unreadable", "secret_command_failed"].includes(codeOf(error))
    )
      throw error;
    printLines([`${error.message}: only the settings in tapline.yml are listed`], process.stderr);
    return null;
  }
}

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "");

function valueText({ value }: SettingRow): string {
  return value === undefined ? "(not set)" : typeof value === "string" ? value : JSON.stringify(value);
}

function sourceText({ source, from }: SettingRow, place: string): string {
  if (source === "file") return `${place}${from === undefined ? "" : ` (${from})`}`;
  return source === "default" ? "default" : "";
}
