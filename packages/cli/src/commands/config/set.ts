/** `tapline config set`: writes one setting to the project file, and leaves its other lines as they are. */
import { relative } from "node:path";
import { Args, Command, Flags } from "@oclif/core";
import { type ReportedAbout, TaplineError } from "@tapline/protocol";
import { environmentOf, listSettings, openProject, type Project, reportedAbout, setSetting } from "@tapline/runner";
import { chooseEntry } from "../../choose-entry.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { ownBinFolders } from "../../plugin-folders.ts";
import { readSettingValue, settingAt } from "../../setting-value.ts";

export default class ConfigSet extends Command {
  static override description = `Writes a plugin's setting to tapline.yml.

The value is read as JSON, or as text if it is no JSON. A list may also be written as in tapline.yml: '[id, day]'. It must fit what the plugin reports about its settings (tapline about PLUGIN). Write a secret as '$NAME', with NAME=… in .env. With --environment, the setting applies only in that environment.`;
  static override examples = [
    "<%= config.bin %> config set target-duckdb filepath output/shop.duckdb",
    '<%= config.bin %> config set tap-csv files \'[{"entity":"items","path":"items.csv","keys":["id"]}]\'',
    "<%= config.bin %> config set target-postgres password '$PGPASSWORD' --environment prod",
  ];
  static override args = {
    plugin: Args.string({ description: "A plugin of tapline.yml.", required: true }),
    name: Args.string({ description: "The setting; dots lead into objects and lists: files.0.path.", required: true }),
    value: Args.string({ description: "Its value.", required: true }),
  };
  static override flags = { environment: Flags.string({ char: "e", description: "Write it only for this environment." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigSet);
    await conclude(async () => {
      const { project, plugin, environment } = chooseEntry(args.plugin, flags.environment);
      const about = await aboutOf(project, plugin, environment);
      const path = args.name.split(".");
      const value = readSettingValue(args.value, settingAt(about?.settings, path)?.type);
      const file = await setSetting(project, { plugin, path, value, environment }, about);
      process.stdout.write(
        `${relative(process.cwd(), file)}: ${plugin}.${args.name} is set${environment === undefined ? "" : ` in ${environment}`}\n`,
      );
      const rows = listSettings(openProject(process.cwd()), plugin, environment ?? environmentOf(project), about);
      if (rows.some((row) => row.name === path[0] && row.isBare)) {
        process.stderr.write(`It is a secret, and the file now contains it as plain text. Better: '$NAME' there, and NAME=… in .env\n`);
      }
      return exitCodes.done;
    });
  }
}

/** null: the plugin can't be asked yet, for example because it is not installed. */
async function aboutOf(project: Project, plugin: string, environment: string | undefined): Promise<ReportedAbout | null> {
  try {
    return await reportedAbout(project, plugin, { environment, binFolders: ownBinFolders });
  } catch (error) {
    if (error instanceof TaplineError) return null;
    throw error;
  }
}
