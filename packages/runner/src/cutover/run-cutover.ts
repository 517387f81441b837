/**
 * `tapline cutover`: the new pipeline takes the place of the old one. The database renames in one transaction; the files of the project follow.
 *
 *   look (plan) -> gates -> fact "applying" -> no run at work -> rename -> files -> fact "done"
 *
 * A kill leaves the fact at "applying" or "undoing". The next call asks the database which names it has, does what is missing, and changes nothing
 * twice.
 */
import type { CutoverAnswer, CutoverQuestion } from "@tapline/protocol";
import { orderRenames } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { History } from "../history/history.ts";
import type { Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import { dayOf, type ParallelRun } from "../parallel/settings.ts";
import { readStanding } from "../parallel/standing.ts";
import type { StepOptions } from "../plugins/prepare.ts";
import type { AskContext } from "../process/ask-plugin.ts";
import { lifeOf, thisRunner } from "../state/host.ts";
import type { Store } from "../state/store.ts";
import { type CutoverTarget, cutoverTarget } from "./ask-cutover.ts";
import { runsAtWork } from "./at-work.ts";
import { type CutoverFact, type CutoverNote, cutoverKey } from "./cutover-fact.ts";
import { applyEdits, type FileEdit, type PlannedEdits, planEdits } from "./edits.ts";

export interface CutoverOptions extends Omit<AskContext, "project">, Pick<StepOptions, "binFolders"> {
  project: Project;
  run: ParallelRun;
  store: Store;
  history: History;
  /** Who makes it. */
  by: string;
  /** Why it is made although days or sign-offs are missing. */
  override?: string | undefined;
}

export interface CutoverPlan extends PlannedEdits {
  /** What the database has now. */
  answer: CutoverAnswer;
  action: "cutover" | "undo";
  target: string;
  renames: { from: string; to: string }[];
  /** An earlier command was killed in the middle: this one finishes it. */
  resumes: boolean;
  /** There is nothing left to do. */
  isDone: boolean;
  /** Runs that would stop it. */
  runs: string[];
  /** What the parallel run has against it. */
  reasons: string[];
  /** undefined: there was none. */
  fact: CutoverFact | undefined;
}

export interface CutoverEnd {
  statements: string[];
  files: string[];
  /** Places that have another value than this cutover gave or expects, so they were left. */
  left: FileEdit[];
}

export type CutoverOutcome = CutoverEnd | { failure: Failure };

/** Changes nothing. @throws cutover_unset, cutover_circle, cutover_unsupported, cutover_half_way, cutover_by_others, cutover_not_made */
export async function planCutover(options: CutoverOptions, action: "cutover" | "undo"): Promise<CutoverPlan | { failure: Failure }> {
  const { run, store, project, history } = options;
  const { job, environment } = run;
  const fact = await store.facts.get<CutoverFact>("cutover", cutoverKey(run));
  const isOpen = fact !== undefined && (fact.phase === "applying" || fact.phase === "undoing");
  // What a cutover recorded is undone, whatever tapline.yml says by now.
  const isRecorded = fact !== undefined && (isOpen || fact.phase === "done");
  const wanted = run.cutover === undefined ? [] : Object.entries(run.cutover.rename).map(([from, to]) => ({ from, to }));
  const renames = isRecorded ? fact.renames : wanted;
  if (renames.length === 0) throw errors.cutover_unset({ job }, project.parsed.locate(["parallel_run", job]));
  if (orderRenames(renames) === undefined)
    throw errors.cutover_circle({ job }, project.parsed.locate(["parallel_run", job, "cutover", "rename"]));
  const target = await cutoverTarget({ ...options, environment, target: isRecorded ? fact.target : run.new.target, renames });
  const answer = await target.ask({
    action: "plan",
    renames,
    lock_timeout_ms: waitOf(run),
    ...(isRecorded
      ? { grants: fact.grants }
      : { readers: { old: run.old.schema, new: run.new.schema, give: run.cutover?.grants === "copy" } }),
  });
  if ("failure" in answer) return answer;
  refuseOthers(run, fact, action);
  const { state } = answer;
  if (state === "neither") throw errors.cutover_by_others({ job, state, reason: answer.reason ?? "" });
  if (action === "cutover" && state === "after" && !isRecorded)
    throw errors.cutover_by_others({ job, state, reason: `the database has the names after the cutover, and no cutover is recorded` });
  if (action === "cutover" && state === "before" && fact?.phase === "done")
    throw errors.cutover_by_others({ job, state, reason: `a cutover is recorded, and the database has the names before it` });
  if (action === "undo" && !isRecorded) throw errors.cutover_not_made({ job });
  const planned = isRecorded ? { edits: fact.edits, mentions: [] } : planEdits(project, environment, renames);
  return {
    ...planned,
    answer,
    action,
    target: target.name,
    renames,
    resumes: isOpen,
    isDone: action === "cutover" && fact?.phase === "done" && state === "after",
    runs: await runsAtWork(project, environment, store, history),
    reasons: action === "cutover" && !isRecorded ? (await readStanding(store.facts, run, dayOf(new Date(), run.timezone))).reasons : [],
    fact,
  };
}

/** @throws cutover_half_way, cutover_at_work */
function refuseOthers({ job, environment }: ParallelRun, fact: CutoverFact | undefined, action: "cutover" | "undo"): void {
  if (fact === undefined || (fact.phase !== "applying" && fact.phase !== "undoing")) return;
  const isUndo = fact.phase === "undoing";
  if (fact.runner.pid !== process.pid && lifeOf(fact.runner) === "alive") throw errors.cutover_at_work({ job, isUndo, environment });
  // A cutover that was killed may be undone; an undo that was killed is finished first.
  if (isUndo && action === "cutover") throw errors.cutover_half_way({ job, isUndo });
}

/** @throws cutover_not_ready, cutover_blocked_by_runs, cutover_failed, cutover_at_work */
export async function applyCutover(options: CutoverOptions, plan: CutoverPlan): Promise<CutoverOutcome> {
  const { run, store, project, history } = options;
  const { environment, job } = run;
  const { action, renames, edits } = plan;
  const isUndo = action === "undo";
  if (plan.reasons.length > 0 && options.override === undefined) throw errors.cutover_not_ready({ job, reasons: plan.reasons });
  const isToRename = plan.answer.state === (isUndo ? "after" : "before");
  if (isToRename && plan.answer.problems.length > 0) throw errors.cutover_failed({ job, reason: plan.answer.problems.join("; ") });
  const begun = await begin(options, plan);
  try {
    const runs = await runsAtWork(project, environment, store, history);
    if (runs.length > 0) throw errors.cutover_blocked_by_runs({ runs });
    const target = await cutoverTarget({ ...options, environment, target: begun.target, renames });
    const answer = await rename(target, {
      action: isUndo ? "undo" : "apply",
      renames,
      grants: begun.grants,
      lock_timeout_ms: begun.lock_timeout_ms,
    });
    if ("failure" in answer) {
      await takeBack(options, plan, target, begun);
      return answer;
    }
    const { changed, left } = applyEdits(project, edits, isUndo ? "back" : "forth");
    await end(options, begun, isUndo);
    return { statements: answer.statements, files: changed, left };
  } catch (error) {
    if ((error as { code?: string }).code === "cutover_blocked_by_runs") await restore(options, plan);
    throw error;
  }
}

const rename = (target: CutoverTarget, question: CutoverQuestion): Promise<CutoverAnswer | { failure: Failure }> => target.ask(question);

/** The target says that nothing was changed, or died. Where the database has its old names, the fact is as it was before. */
async function takeBack(options: CutoverOptions, plan: CutoverPlan, target: CutoverTarget, begun: CutoverFact): Promise<void> {
  const look = await target.ask({ action: "plan", renames: plan.renames, lock_timeout_ms: begun.lock_timeout_ms });
  if (!("failure" in look) && look.state === (plan.action === "undo" ? "after" : "before") && !plan.resumes) await restore(options, plan);
}

async function restore({ run, store }: CutoverOptions, { fact, resumes }: CutoverPlan): Promise<void> {
  if (resumes) return;
  const key = cutoverKey(run);
  await store.facts.decide<CutoverFact, void>("cutover", [key], () => ({ answer: undefined, write: { [key]: fact ?? null } }));
}

/** Writes that it begins, unless another command began meanwhile. @throws cutover_at_work */
async function begin({ run, store, by, override }: CutoverOptions, plan: CutoverPlan): Promise<CutoverFact> {
  const { action, fact, renames, edits, target, answer } = plan;
  const { job, environment } = run;
  const key = cutoverKey(run);
  const runner = thisRunner();
  return store.facts.decide<CutoverFact, CutoverFact>("cutover", [key], ([kept], now) => {
    const isOwn = kept !== undefined && kept.runner.pid === runner.pid && kept.runner.host === runner.host;
    const isChanged = JSON.stringify(kept?.history) !== JSON.stringify(fact?.history) || kept?.phase !== fact?.phase;
    if (isChanged && !isOwn) throw errors.cutover_at_work({ job, environment, isUndo: kept?.phase === "undoing" });
    const against = override === undefined || plan.reasons.length === 0 ? {} : { override: { reason: override, against: plan.reasons } };
    const note: CutoverNote = { action, begun_at: now.toISOString(), done_at: null, by, ...against };
    const last = fact?.history.at(-1);
    // A command that finishes another one is the same deed.
    const isSame = plan.resumes && last?.action === action;
    const isKept = fact !== undefined && (plan.resumes || action === "undo");
    const begun: CutoverFact = {
      job,
      environment,
      phase: action === "undo" ? "undoing" : "applying",
      runner,
      target: isKept ? fact.target : target,
      renames,
      grants: isKept ? fact.grants : run.cutover?.grants === "copy" ? answer.missing_grants : [],
      lock_timeout_ms: waitOf(run),
      edits,
      history: isSame ? (fact?.history ?? []) : [...(fact?.history ?? []), note],
    };
    return { answer: begun, write: { [key]: begun } };
  });
}

async function end({ run, store }: CutoverOptions, begun: CutoverFact, isUndo: boolean): Promise<void> {
  const key = cutoverKey(run);
  await store.facts.decide<CutoverFact, void>("cutover", [key], ([kept], now) => {
    const own = kept ?? begun;
    const history = own.history.map((note, index) => (index === own.history.length - 1 ? { ...note, done_at: now.toISOString() } : note));
    return { answer: undefined, write: { [key]: { ...own, phase: isUndo ? "undone" : "done", history } } };
  });
}

const waitOf = (run: ParallelRun): number => run.cutover?.lock_timeout_ms ?? 5000;
