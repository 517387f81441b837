/** Asks a target to plan, make or undo the renames of a cutover (`--cutover`). */
import { type CutoverAnswer, type CutoverQuestion, capabilities, hasCapability, type Redact, readCutoverAnswer } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";

export interface CutoverTarget {
  ask(question: CutoverQuestion): Promise<CutoverAnswer | { failure: Failure }>;
  /** Where the target is, for people. */
  name: string;
}

interface TargetOptions extends AskContext, Pick<StepOptions, "environment" | "binFolders"> {
  target: string;
  renames: CutoverQuestion["renames"];
}

/** @throws as `preparePlugin`, cutover_unsupported */
export async function cutoverTarget(options: TargetOptions): Promise<CutoverTarget> {
  const { project, target, renames, stop, onEvent } = options;
  const ready: ReadyPlugin & { redact: Redact } = await preparePlugin(project, target, options);
  const { name } = ready.plugin;
  if (!hasCapability(ready.about, capabilities.cutover)) {
    const steps = renames.map(({ from, to }) => `rename ${from} to ${to}`).join(", then ");
    throw errors.cutover_unsupported({ target: name, steps });
  }
  return {
    name,
    async ask(question) {
      const answer = await askPlugin({ project, ready, redact: ready.redact, flag: "--cutover", file: question, stop, onEvent });
      if ("failure" in answer) return answer;
      const read = readCutoverAnswer(answer.output);
      return read ?? { failure: asFailure(name, errors.cutover_unreadable({ name, start: ready.redact(answer.output.slice(0, 80)) })) };
    },
  };
}
