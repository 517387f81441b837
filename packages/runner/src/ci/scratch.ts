/** The database of one side of a trial: a DuckDB file in the folder of the trial, or one that a target of the project makes and drops (`--scratch`). */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { capabilities, hasCapability, readScratchAnswer, type ScratchAnswer, type ScratchQuestion, scratchPrefix } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import { preparePlugin } from "../plugins/prepare.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";
import { checkPluginName } from "../project/project.ts";
import type { Scratch } from "./scratch-project.ts";

export interface ScratchOptions extends Omit<AskContext, "project" | "stop"> {
  project: Project;
  environment: string;
  binFolders: readonly string[];
  /** A target of the project; undefined: a DuckDB file. */
  target: string | undefined;
  /** Of the trial. */
  folder: string;
  id: string;
  side: "base" | "head";
}

export interface ScratchDatabase extends Scratch, AsyncDisposable {}

/** @throws plugin_unknown, scratch_missing, and what `preparePlugin` throws */
export async function makeScratch(options: ScratchOptions): Promise<ScratchDatabase | { failure: Failure }> {
  const { target, folder, side, id } = options;
  if (target === undefined)
    return {
      target: "target-duckdb",
      config: { filepath: join(folder, `${side}.duckdb`) },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  checkPluginName(options.project, target);
  const name = `${scratchPrefix}${createHash("sha256").update(`${id} ${folder}`).digest("hex").slice(0, 12)}_${side}`;
  const made = await ask(options, target, { action: "create", name });
  if ("failure" in made) return made;
  return {
    target,
    config: made.config,
    async [Symbol.asyncDispose]() {
      const dropped = await ask(options, target, { action: "drop", name });
      const message =
        "failure" in dropped ? `${made.place} could not be dropped; a later trial will: ${dropped.failure.message}` : undefined;
      if (message !== undefined) options.onEvent({ kind: "log", level: "warning", message });
    },
  };
}

async function ask(
  { project, environment, binFolders, onEvent }: ScratchOptions,
  target: string,
  question: ScratchQuestion,
): Promise<ScratchAnswer | { failure: Failure }> {
  const ready = await preparePlugin(project, target, { environment, binFolders });
  if (!hasCapability(ready.about, capabilities.scratch)) throw errors.scratch_missing({ target });
  const answer = await askPlugin({ project, ready, redact: ready.redact, flag: "--scratch", file: question, onEvent });
  if ("failure" in answer) return answer;
  const start = ready.redact(answer.output.slice(0, 80));
  return readScratchAnswer(answer.output) ?? { failure: asFailure(target, errors.scratch_unreadable({ target, start })) };
}
