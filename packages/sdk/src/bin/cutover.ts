/** Answers `--cutover FILE`: renames the schemas of a target's database, or tells what that would change, as one JSON line on stdout. */
import { readCutoverQuestion } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Target } from "../target/define.ts";
import { Stopped } from "../target/load.ts";
import { type PluginRun, print } from "./run-plugin.ts";

/** How long a stopped target waits for its database to roll back. */
const patienceMs = 5000;

/** @throws usage, what the target's cutover throws, Stopped */
export async function answerCutover(target: Target, path: string, run: PluginRun<Record<string, unknown>>): Promise<void> {
  const { signal } = run;
  if (target.cutover === undefined)
    throw errors.usage({ plugin: target.name, reason: `${target.name} can't rename schemas: it has no --cutover` });
  const question = readCutoverQuestion(await readJsonObject(path));
  if (question === undefined)
    throw errors.usage({ plugin: target.name, reason: `The file of --cutover, ${path}, does not hold a question about a cutover` });
  signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
  try {
    print(`${JSON.stringify(await target.cutover(run.config, question, signal))}\n`);
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
}
