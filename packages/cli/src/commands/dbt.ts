/** `tapline dbt`: the project's dbt. What makes or tests tables is run like a step of a job, the rest on this terminal. */
import { Command } from "@oclif/core";
import { checkPluginName, installPlugins, invokePlugin, openProject } from "@tapline/runner";
import { installing, sayInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";

/** Those whose results are kept: nodes and how they ended. */
const recorded = new Set(["build", "run", "test", "snapshot", "seed", "source", "retry"]);

export default class Dbt extends Command {
  static override description = `Runs dbt in the database of the project's target (plugins.dbt in tapline.yml), with its words passed on.

build, run, test, snapshot, seed, source freshness and retry are kept in the history like any run (tapline runs show); into a pipe they print JSON lines. They wait for runs that write to the same database file or work on the same dbt project. Everything else is dbt's own, on this terminal.

Exit codes of those that are kept are those of tapline run; else those of the plugin.`;
  static override examples = [
    "<%= config.bin %> dbt install",
    "<%= config.bin %> dbt init",
    "<%= config.bin %> dbt build",
    "<%= config.bin %> dbt -e prod build --select stg_items+",
    "<%= config.bin %> dbt retry",
    "<%= config.bin %> dbt docs generate",
  ];
  static override usage = "dbt [-e ENVIRONMENT] COMMAND [ARGUMENT…]";
  // What follows is dbt's.
  static override strict = false;

  async run(): Promise<void> {
    const { environment, words } = split(this.argv);
    const [first = ""] = words;
    if (first === "") this.error("Name what dbt is to do, such as build. See: tapline dbt --help", { exit: exitCodes.usage });
    const json = recorded.has(first) && !process.stdout.isTTY;
    await conclude(
      async () => {
        if (first === "install") return install(environment);
        if (!recorded.has(first)) return invoke(words, environment);
        const { runWords } = await import("../run-words.ts");
        return runWords({ words: ["dbt", ...words], fullRefresh: false, flags: { environment, json } });
      },
      { json },
    );
  }
}

async function install(environment: string | undefined): Promise<number> {
  const project = openProject(process.cwd());
  const where = { environment, binFolders: ownBinFolders };
  const installed = await installPlugins(project, [checkPluginName(project, "dbt")], installing(false), where);
  for (const each of installed) sayInstalled("installed", each);
  const place = "in .tapline/python; all versions are in tapline.lock.json";
  process.stdout.write(
    installed.length === 0 ? `Python packages for dbt are there as locked, ${place}.\n` : `A Python environment of its own, ${place}.\n`,
  );
  return exitCodes.done;
}

function invoke(args: readonly string[], environment: string | undefined): Promise<number> {
  const project = openProject(process.cwd());
  return invokePlugin({ project, name: "dbt", args, environment, binFolders: ownBinFolders, stop: catchSignals().asked });
}

/** The environment is named before dbt's own words. */
function split([first, ...rest]: readonly string[]): { environment: string | undefined; words: string[] } {
  if (first === "-e" || first === "--environment") return { environment: rest[0], words: rest.slice(1) };
  const named = /^--environment=(.*)$/s.exec(first ?? "")?.[1];
  if (named !== undefined) return { environment: named, words: rest };
  return { environment: undefined, words: first === undefined ? [] : [first, ...rest] };
}
