/** The executable of a utility, such as dbt: started by the runner with words of its own, and told all else by the run context. */
import { dirname } from "node:path";
import type { Static, TObject } from "@tapline/protocol";
import { contextVariable, parseOrdered, type RunContext, readRunContext } from "@tapline/protocol";
import { about, aboutMarkdown, type Described } from "../config/about.ts";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Report } from "../report/report.ts";
import { print, superviseProcess } from "./run-plugin.ts";

export interface UtilityRun<T> {
  /** All words behind the name of the program. */
  args: readonly string[];
  config: T;
  context: RunContext;
  /** For files of this run alone, such as secrets: only the user may read it, and it goes with the run. */
  privateFolder: string;
  report: Report;
  /** Aborted by SIGTERM or SIGINT, and when the runner that started this process is dead. */
  signal: AbortSignal;
}

/** Ends the process as a tap's or target's: 0, by class of error, or 128 + n after a signal. @throws context_missing, config_invalid */
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
    // What this process starts has no business with it.
    delete process.env[contextVariable];
    const context = readRunContext(await readJsonObject(path, parseOrdered));
    if (context === undefined) throw errors.context_unusable({ path });
    const config = life.takeConfig<Static<C>>(plugin, context.config);
    await work({ args, config, context, privateFolder: dirname(path), report: life.report, signal: life.signal });
  });
}
