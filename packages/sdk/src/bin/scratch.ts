/** Answers `--scratch FILE`: makes or drops a database for a trial, and prints where it is as one JSON line on stdout. */
import { readScratchQuestion } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Target } from "../target/define.ts";
import { type PluginRun, print } from "./run-plugin.ts";

/** @throws usage, and what the target's scratch throws */
export async function answerScratch(target: Target, path: string, run: PluginRun<Record<string, unknown>>): Promise<void> {
  run.signal.addEventListener("abort", run.dieOfSignal);
  if (target.scratch === undefined)
    throw errors.usage({ plugin: target.name, reason: `${target.name} can't make a database for a trial: it has no --scratch` });
  const question = readScratchQuestion(await readJsonObject(path));
  if (question === undefined)
    throw errors.usage({
      plugin: target.name,
      reason: `The file of --scratch, ${path}, does not hold a question about a database for a trial`,
    });
  print(`${JSON.stringify(await target.scratch(run.config, question))}\n`);
}
