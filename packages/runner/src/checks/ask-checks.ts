/** Asks a target what checks find in its tables (`--check`). */
import { type CheckFound, type PluginEvent, type Redact, readCheckFound } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { type CheckResult, checkResult, type PlannedCheck } from "../model/planned-check.ts";
import type { Project } from "../model/project.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { askPlugin } from "../process/ask-plugin.ts";

export interface ChecksRequest {
  project: Project;
  target: ReadyPlugin;
  redact: Redact;
  checks: readonly PlannedCheck[];
  /** Settles with the signal to stop the target with. */
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

/** In the order of the checks. @throws as `askPlugin` */
export async function askChecks({
  project,
  target,
  redact,
  checks,
  stop,
  onEvent,
}: ChecksRequest): Promise<CheckResult[] | { failure: Failure }> {
  if (checks.length === 0) return [];
  const { name } = target.plugin;
  const file = { checks: checks.map(({ check }) => check) };
  const answer = await askPlugin({ project, ready: target, redact, flag: "--check", file, stop, onEvent });
  if ("failure" in answer) return answer;
  const found = new Map<string, CheckFound>();
  const unreadable = (start: string): { failure: Failure } => ({ failure: asFailure(name, errors.check_unreadable({ name, start })) });
  for (const line of answer.output.split("\n").filter((text) => text.trim() !== "")) {
    const read = readLine(line);
    if (read === undefined) return unreadable(redact(line.slice(0, 80)));
    found.set(read.id, read);
  }
  const results: CheckResult[] = [];
  for (const planned of checks) {
    const own = found.get(planned.check.id);
    if (own === undefined) return unreadable("");
    results.push(checkResult(planned, own));
  }
  return results;
}

function readLine(line: string): CheckFound | undefined {
  try {
    return readCheckFound(JSON.parse(line));
  } catch {
    return undefined;
  }
}
