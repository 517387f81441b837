/**
 * What the store keeps of a cutover, and what it forbids meanwhile. The database tells by the names of its schemas whether the renames are
 * done; the fact tells what belongs to them: which lines of which files follow, and which rights were given.
 */
import type { CutoverGrant, SchemaRename } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Runner } from "../model/runner.ts";
import type { Facts } from "../state/facts.ts";
import type { FileEdit } from "./edits.ts";

export interface CutoverFact {
  job: string;
  environment: string;
  /** applying, undoing: it was begun and may be half done. undone: as before the first cutover. */
  phase: "applying" | "done" | "undoing" | "undone";
  /** Who is at work in `applying` and `undoing`. */
  runner: Runner;
  target: string;
  renames: SchemaRename[];
  grants: CutoverGrant[];
  lock_timeout_ms: number;
  edits: FileEdit[];
  /** The oldest first. */
  history: CutoverNote[];
}

export interface CutoverNote {
  action: "cutover" | "undo";
  begun_at: string;
  /** null: it was not finished. */
  done_at: string | null;
  by: string;
  /** Why it was made although the parallel run stood against it, and what stood against it. */
  override?: { reason: string; against: string[] };
}

export const cutoverKey = ({ environment, job }: Pick<CutoverFact, "environment" | "job">): string => `${environment}/${job}`;

/** After it, the old schema has another name, so a comparison would find nothing. @throws cutover_made */
export async function refuseAfterCutover(facts: Facts, which: Pick<CutoverFact, "environment" | "job">): Promise<void> {
  const fact = await facts.get<CutoverFact>("cutover", cutoverKey(which));
  if (fact?.phase !== "done") return;
  throw errors.cutover_made({ job: which.job, at: fact.history.at(-1)?.done_at ?? "" });
}

/**
 * Refuses a run while a cutover of its environment renames schemas: it would load by the old names. A run calls it after it has claimed its state
 * id, and a cutover looks for claims after it has written its fact, so one of them sees the other.
 * @throws cutover_at_work
 */
export async function refuseDuringCutover(facts: Facts, environment: string): Promise<void> {
  const all = await facts.list<CutoverFact>("cutover", { prefix: `${environment}/` });
  const open = all.find(({ value }) => value.phase === "applying" || value.phase === "undoing")?.value;
  if (open !== undefined) throw errors.cutover_at_work({ job: open.job, isUndo: open.phase === "undoing", environment });
}
