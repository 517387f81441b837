/** How a pipeline stands, what it needs, and why it does not run, in words. Pure. */
import type { Pipeline } from "../../src/api/answers.ts";
import { counted, formatDuration, formatNames } from "./format.ts";

/** The status to show: what goes on, else the pause, else how the last run ended. */
export function stateOf({ runs, paused }: Pipeline): string {
  const [last] = runs;
  if (last?.status === "running") return "running";
  if (paused !== null) return "paused";
  return last?.status ?? "never";
}

/** Why a person should look at it; undefined: it is well. A pause and a stop are a person's own will. */
export function troubleOf({ runs, paused, is_stale, fresh_within_seconds }: Pipeline): string | undefined {
  const last = runs.find(({ status }) => status !== "running");
  if (last !== undefined && ["failed", "timed_out", "crashed"].includes(last.status)) {
    const word = { failed: "failed", timed_out: "took too long", crashed: "crashed" }[last.status as "failed"];
    return runs[0]?.status === "running" ? `${word}, and runs again` : word;
  }
  if (is_stale && paused === null) return `has not succeeded within ${formatDuration(fresh_within_seconds)}`;
  return undefined;
}

/** Those that need a person come first; the others stay in the order of the project. */
export function troubledFirst(pipelines: readonly Pipeline[]): Pipeline[] {
  const isWell = (pipeline: Pipeline): boolean => troubleOf(pipeline) === undefined;
  return [...pipelines.filter((pipeline) => !isWell(pipeline)), ...pipelines.filter(isWell)];
}

export interface Headline {
  text: string;
  tone: "good" | "warn" | "bad";
}

/** One sentence over all: who needs a person, else that all is well. */
export function headlineOf(pipelines: readonly Pipeline[]): Headline {
  const troubled = pipelines.flatMap((pipeline) => {
    const trouble = troubleOf(pipeline);
    return trouble === undefined ? [] : [`${pipeline.name} ${trouble}`];
  });
  const warned = pipelines.filter((each) => troubleOf(each) === undefined && each.runs[0]?.status === "warning").map(({ name }) => name);
  if (troubled.length > 0) {
    const verb = troubled.length === 1 ? "needs" : "need";
    return { text: `${troubled.length} of ${counted(pipelines.length, "pipeline")} ${verb} you: ${formatNames(troubled)}.`, tone: "bad" };
  }
  const all = pipelines.length === 1 ? "The pipeline is well" : `All ${counted(pipelines.length, "pipeline")} are well`;
  const paused = pipelines.filter((each) => each.paused !== null).map(({ name }) => name);
  const more = [
    ...(warned.length === 0 ? [] : [`${formatNames(warned)} ${warned.length === 1 ? "has" : "have"} warnings`]),
    ...(paused.length === 0 ? [] : [`${formatNames(paused)} ${paused.length === 1 ? "is" : "are"} paused`]),
  ];
  return { text: `${[all, ...more].join("; ")}.`, tone: more.length === 0 ? "good" : "warn" };
}

/** Why it does not run now though it may be due, a sentence each. */
export function reasonsOf({ paused, triggers }: Pipeline): string[] {
  const because = (reason: string | null): string => (reason === null ? "." : `: ${withStop(reason)}`);
  return [
    ...(paused === null ? [] : [`Paused${because(paused.reason)}`]),
    ...triggers.flatMap((trigger) => {
      if (trigger.paused !== null) return [`${trigger.name} is paused${because(trigger.paused.reason)}`];
      const isHeld = trigger.waiting !== null && trigger.waiting.reason !== "running" && trigger.waiting.reason !== "paused";
      const isOnFiles = trigger.waiting === null && trigger.files.some(({ state }) => state !== "seen" && state !== "ready");
      return isHeld || isOnFiles ? [`${trigger.name} ${withStop(trigger.now)}`] : [];
    }),
  ];
}

/** The first time at which a trigger is due. */
export function nextDueOf({ triggers }: Pipeline): string | undefined {
  return triggers
    .flatMap(({ next_due, paused }) => (next_due === null || paused !== null ? [] : [next_due]))
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}

const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
