/**
 * The choreography of the children and the pipes between them, from the source to the target: who is told to stop, in
 * which order, and when each may see the end of its input. Only a child that exited with 0 has sent everything; in every
 * other case the target is stopped first and the pipes closed after it, so that it never takes a torn input for a whole one.
 * One exception: a stage that ends when it has enough has sent everything too, and what it read from is stopped without blame.
 */

import type { StopSource } from "../model/stop.ts";
import type { Child } from "../process/child.ts";
import { isClean } from "../process/ended-plugin.ts";
import { pause } from "../process/pause.ts";
import type { Pipe } from "../process/pipe.ts";

export interface Stage {
  graceMs: number;
  /** It may end well before its input does. */
  endsEarly: boolean;
  /** The descriptors of its pipes; the source has none to read from, the target none to write to. */
  start(stdin: number | undefined, stdout: number | undefined): Promise<Child>;
  /** After it failed: whether it was for want of a reader. */
  lostItsReader(): Promise<boolean>;
}

export interface DeliverOptions {
  /** The source first, the target last. */
  stages: readonly Stage[];
  /** The one at i leads from stage i to the next. */
  pipes: readonly Pipe[];
  stop: StopSource;
}

export interface Delivery {
  /** One for each stage. */
  children: readonly Child[];
  /** The stage that ended the run: the one that failed, or the target when all ended well. */
  first: number | "stop";
  /** It ended although its input had not. */
  early: boolean;
}

/** All children have ended when it settles. @throws plugin_not_started */
export async function deliver(options: DeliverOptions): Promise<Delivery> {
  const { stages, pipes, stop } = options;
  const children = await startAll(options);
  void stop.askedAgain.then(() => {
    for (const child of children.toReversed()) child.signal("SIGKILL");
  });
  let source = 0;
  while (source < children.length) {
    const first = await firstToEnd(children, source, stop);
    if (first !== "stop" && hasSentAll(first, source, stages, children)) {
      for (const [at, child] of [...children.entries()].slice(source, first)) await child.stop("SIGTERM", stages[at]?.graceMs ?? 0);
      await children[first + 1]?.control?.sendWhole();
      pipes[first]?.closeWriteEnd();
      source = first + 1;
      continue;
    }
    if (first === "stop") await stopAll(options, children, stop.signal ?? "SIGTERM");
    else await stopAfter(first, options, children);
    for (const pipe of pipes) pipe.closeWriteEnd();
    return { children, first, early: first !== "stop" && first > source };
  }
  return { children, first: children.length - 1, early: false };
}

function hasSentAll(first: number, source: number, stages: readonly Stage[], children: readonly Child[]): boolean {
  const exit = children[first]?.exit;
  return (first === source || stages[first]?.endsEarly === true) && exit !== undefined && isClean(exit);
}

/** The target first: each finds its reader there. */
async function startAll({ stages, pipes }: DeliverOptions): Promise<Child[]> {
  const children: Child[] = [];
  for (const [at, stage] of [...stages.entries()].reverse()) {
    try {
      children.unshift(await stage.start(pipes[at - 1]?.readEnd, pipes[at]?.writeEnd));
    } catch (error) {
      for (const [after, child] of [...children.entries()].reverse()) await child.stop("SIGTERM", stages[at + 1 + after]?.graceMs ?? 0);
      throw error;
    }
    pipes[at - 1]?.closeReadEnd();
  }
  return children;
}

/** Of those that have not sent everything; where several have ended, the one nearest to the target. */
function firstToEnd(children: readonly Child[], source: number, { asked }: StopSource): Promise<number | "stop"> {
  const ends = [...children.entries()].slice(source).map(([at, { exited }]) => exited.then(() => at));
  return Promise.race([asked.then(() => "stop" as const), ...ends.reverse()]);
}

/** The target's signal goes out first: it must know before its input dries up. */
async function stopAll({ stages }: DeliverOptions, children: readonly Child[], signal: NodeJS.Signals): Promise<void> {
  const ends = [...children.entries()].reverse().map(([at, child]) => child.stop(signal, stages[at]?.graceMs ?? 0));
  await Promise.all(ends);
}

/** Those that have ended are stopped too: a dead wrapper may have left programs behind. */
async function stopAfter(first: number, { stages, stop }: DeliverOptions, children: readonly Child[]): Promise<void> {
  const reader = children[first + 1];
  // It may be in the middle of undoing its work, about to say why: nobody reads the pipe, so waiting costs nothing.
  if (reader !== undefined && (await stages[first]?.lostItsReader())) await Promise.race([reader.exited, stop.asked, pause(2000)]);
  for (const [at, child] of [...children.entries()].reverse()) await child.stop("SIGTERM", stages[at]?.graceMs ?? 0);
}
