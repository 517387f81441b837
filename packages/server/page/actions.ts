/** What the reader can have done: each asks the server and says what came of it. */
import type { Static } from "@tapline/protocol";
import type { doneAnswer, startedAnswer } from "../src/api/answers.ts";
import { send, withQuery } from "./api.ts";
import { tell } from "./parts/messages.tsx";

type Started = Static<typeof startedAnswer>;
type Done = Static<typeof doneAnswer>;

/** `words`: what `tapline run` takes, usually the name of a job. */
export async function startRun(words: readonly string[], environment: string): Promise<string> {
  const { run_id } = await send<Started>("POST", "/api/runs", { words, environment });
  tell(`Started ${words.join(" ")} as run ${run_id}.`);
  return run_id;
}

export async function cancelRun(runId: string): Promise<void> {
  tell((await send<Done>("POST", `/api/runs/${runId}/cancel`, {})).message);
}

export async function retryRun(runId: string): Promise<string> {
  const { run_id } = await send<Started>("POST", `/api/runs/${runId}/retry`, {});
  tell(`Started the retry as run ${run_id}.`);
  return run_id;
}

/** `name`: of a job, a schedule or a sensor. */
export async function pause(name: string, environment: string, reason: string): Promise<void> {
  const body = { environment, ...(reason !== "" && { reason }) };
  tell((await send<Done>("POST", `/api/pipelines/${encodeURIComponent(name)}/pause`, body)).message);
}

export async function resume(name: string, environment: string): Promise<void> {
  tell((await send<Done>("POST", `/api/pipelines/${encodeURIComponent(name)}/resume`, { environment })).message);
}

/** `expected`: what the reader saw; null: there was no state. */
export async function changeState(stateId: string, value: string, expected: string | null): Promise<void> {
  const path = withQuery("/api/state", { id: stateId });
  tell((await send<Done>("PUT", path, { value, expected })).message);
}

export async function rollBackState(stateId: string, runId: string | undefined, expected: string | null): Promise<void> {
  const path = withQuery("/api/state/rollback", { id: stateId });
  tell((await send<Done>("POST", path, { ...(runId !== undefined && { run_id: runId }), expected })).message);
}
