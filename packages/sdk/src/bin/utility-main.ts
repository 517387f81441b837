/** The executable of a utility, such as dbt: the runner starts it with its arguments and gives it everything else in the run context. */
import { dirname } from "node:path";
import type { Static, TObject } from "@tapline/protocol";
import { contextVariable, parseOrdered, type RunContext, readRunContext } from "@tapline/protocol";
import { about, aboutMarkdown, type Described } from "../config/about.ts";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Report } from "../report/report.ts";
import { print, superviseProcess } from "./run-plugin.ts";

export interface UtilityRun<T> {
  /** The arguments of the program. */
  args: readonly string[];
  config: T;
  context: RunContext;
  /** A folder for files of this run, such as secrets: only the user may read it, and the runner deletes it after the run. */
  privateFolder: string;
  report: Report;
  /** Aborted by SIGTERM or SIGINT, and when the runner that started this process is dead. */
  signal: AbortSignal;
}

/**
 * Runs a utility's work and ends the process: with 0, with the exit code of the error's class, or with 128 + n after a signal.
 * @throws context_missing, context_unusable, config_invalid
 * @example await runUtility(dbt, async ({ args, context, report }) => report.log("info", `${args[0]} in ${context.project}`));
 */
export function runUtility<C extends TObject>(
  plugin: Described & { config: C },
  work: (run: UtilityRun<Static<C>>) => Promise<void>,
): Promise<never> {
  return superviseProcess(plugin.name, async (life) => {
    const args = process.argv.slice(2);
    if (args[0] === "--about") return print(args.includes("json") ? `${JSON.stringify(about(plugin), null, 2)}\n` : aboutMarkdown(plugin));
    life.openControl();
    const path = process.env[contextVariable];
    if (path === undefined) throw errors.context_missing({ plugin: plugin.name });
    // Programs that this process starts must not use it.
    delete process.env[contextVariable];
    const context = readRunContext(await readJsonObject(path, parseOrdered));
    if (context === undefined) throw errors.context_unusable({ path });
    const config = life.takeConfig<Static<C>>(plugin, context.config);
    await work({ args, config, context, privateFolder: dirname(path), report: life.report, signal: life.signal });
  });
}
