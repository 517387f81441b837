/** Answers `--check FILE`: what each check found in a target's tables, as JSON lines on stdout. */
import { readChecks } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Target } from "../target/define.ts";
import { Stopped } from "../target/load.ts";
import { type PluginRun, print } from "./run-plugin.ts";

/** How long a stopped target waits for its database to cancel the statement. */
const patienceMs = 5000;

/** @throws usage, what the target's check throws, Stopped */
export async function answerCheck(target: Target, path: string, run: PluginRun<Record<string, unknown>>): Promise<void> {
  const { signal } = run;
  if (target.check === undefined)
    throw errors.usage({ plugin: target.name, reason: `${target.name} can't check its tables: it has no --check` });
  const checks = readChecks(await readJsonObject(path));
  if (checks === undefined) throw errors.usage({ plugin: target.name, reason: `The file of --check, ${path}, does not hold checks` });
  signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
  try {
    for await (const found of target.check(run.config, checks, signal)) {
      if (signal.aborted) throw new Stopped();
      print(`${JSON.stringify(found)}\n`);
    }
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
}
