/** `tapline dbt`: the project's dbt. Commands that build or test tables run like a step of a job, the others on this terminal. */
import { Command } from "@oclif/core";
import { checkPluginName, installPlugins, invokePlugin, openProject } from "@tapline/runner";
import { installing, printInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { printLines } from "../terminal.ts";
import { usage } from "../usage.ts";

/** The commands whose results are kept in the history. */
const recorded = new Set(["build", "run", "test", "snapshot", "seed", "source", "retry"]);

export default class Dbt extends Command {
  static override description = `Runs dbt in the database of the project's target (plugins.dbt in tapline.yml). Its arguments are passed on.

build, run, test, snapshot, seed, source freshness and retry are kept in the history like any run (tapline runs show). With --json before the command, they print JSON lines. They wait for runs that write to the same database file or use the same dbt project. All other commands run on this terminal.

Commands that are kept in the history have the exit codes of tapline run, the others those of dbt.`;
  static override examples = [
    "<%= config.bin %> dbt install",
    "<%= config.bin %> dbt init",
    "<%= config.bin %> dbt build",
    "<%= config.bin %> dbt -e prod build --select stg_items+",
    "<%= config.bin %> dbt retry",
    "<%= config.bin %> dbt docs generate",
  ];
  static override usage = "dbt [-e ENVIRONMENT] [--json] COMMAND [ARGUMENT…]";
  // The rest of the arguments is for dbt.
  static override strict = false;

  async run(): Promise<void> {
    const { environment, json, words } = split(this.argv);
    const [first = ""] = words;
    await conclude(
      async () => {
        if (first === "")
          throw usage.argument_missing({ command: "tapline dbt", name: "command", description: "a command of dbt, such as build" });
        if (first === "install") return install(environment);
        if (!recorded.has(first)) return invoke(words, environment);
        const { runRequest } = await import("../run-request.ts");
        return runRequest({ request: { words: ["dbt", ...words], ...(environment !== undefined && { environment }) }, json });
      },
      { json },
    );
  }
}

async function install(environment: string | undefined): Promise<number> {
  const project = openProject(process.cwd());
  printLines(["Installing Python packages for dbt into .tapline/python. The first time, this takes a minute or two."], process.stderr);
  const where = { environment, binFolders: ownBinFolders };
  const installed = await installPlugins(project, [checkPluginName(project, "dbt")], installing(false), where);
  for (const each of installed) printInstalled("installed", each);
  const place = "in .tapline/python; all versions are in tapline.lock.json";
  process.stdout.write(
    installed.length === 0
      ? `The Python packages for dbt are already installed as locked, ${place}.\n`
      : `A separate Python environment, ${place}.\n`,
  );
  return exitCodes.done;
}

function invoke(args: readonly string[], environment: string | undefined): Promise<number> {
  const project = openProject(process.cwd());
  return invokePlugin({ project, name: "dbt", args, environment, binFolders: ownBinFolders, stop: catchSignals().asked });
}

interface Words {
  environment: string | undefined;
  json: boolean;
  /** What is for dbt. */
  words: string[];
}

/** Flags of tapline come before dbt's command; all that follow are dbt's. */
function split(argv: readonly string[], found: Omit<Words, "words"> = { environment: undefined, json: false }): Words {
  const [first, second, ...rest] = argv;
  if (first === "--json") return split(argv.slice(1), { ...found, json: true });
  if (first === "-e" || first === "--environment") return split(rest, { ...found, environment: second });
  const named = /^--environment=(.*)$/s.exec(first ?? "")?.[1];
  return named === undefined ? { ...found, words: [...argv] } : split(argv.slice(1), { ...found, environment: named });
}
