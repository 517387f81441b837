/**
 * Runs the children and the pipes between them, from the source to the target: which child is stopped, in which order, and when each sees
 * the end of its input. Only a child that exited with 0 has sent everything. In every other case the target is stopped first and the pipes
 * are closed after that, so that it never takes a torn input for a complete one. A child with a control channel waits for `whole` anyway, so
 * the pipe of a source that failed is closed before: it then need not guess when the rest has been read.
 *
 * A source that follows does not end by itself. When the run shall stop by a signal, it is first asked to finish: it ends where its input is whole, and
 * so does the run. One that takes too long is stopped like any other.
 *
 * One exception: a stage that ends when it has enough has also sent everything. The stages before it are stopped, which is no failure.
 */

import type { StopSource } from "../model/stop.ts";
import type { Child } from "../process/child.ts";
import { isClean } from "../process/ended-plugin.ts";
import { pause } from "../process/pause.ts";
import type { Pipe } from "../process/pipe.ts";

export interface Stage {
  graceMs: number;
  /** It may end before its input does, without a failure. */
  endsEarly: boolean;
  /** Gets the descriptors of its pipes. The source has none to read from, the target none to write to. */
  start(stdin: number | undefined, stdout: number | undefined): Promise<Child>;
  /** Settles when the child said something: a signal before that may end it while it still starts. */
  readonly heard: Promise<void>;
  /** After it failed: whether it failed because nobody read its output any more. */
  lostItsReader(): Promise<boolean>;
}

export interface DeliverOptions {
  /** The source first, the target last. */
  stages: readonly Stage[];
  /** The pipe at i leads from stage i to the next. */
  pipes: readonly Pipe[];
  stop: StopSource;
  /** The source follows: a signal first asks it to finish. */
  finishesFirst?: boolean;
}

export interface Delivery {
  /** One child for each stage. */
  children: readonly Child[];
  /** The stage that ended the run: the one that failed, or the target when all succeeded. */
  first: number | "stop";
  /** The stage ended before its input did. */
  early: boolean;
}

/** When it settles, all children have ended. @throws plugin_not_started */
export async function deliver(options: DeliverOptions): Promise<Delivery> {
  const { stages, pipes, stop } = options;
  const children = await startAll(options);
  void stop.askedAgain.then(() => {
    for (const child of children.toReversed()) child.signal("SIGKILL");
  });
  let source = 0;
  let asked: Promise<unknown> = stop.asked;
  while (source < children.length) {
    const first = await firstToEnd(children, source, asked);
    if (first === "stop" && options.finishesFirst === true && asked === stop.asked && isBySignal(stop)) {
      children[0]?.control?.sendFinish();
      const late = pause(stages[0]?.graceMs ?? 0).then(() => (source === 0 ? undefined : stop.askedAgain));
      asked = Promise.race([stop.askedAgain, late]);
      continue;
    }
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

/** Not by a limit, a timeout or a fault of the store: they are no good end. */
function isBySignal({ by, signal }: StopSource): boolean {
  return by === signal;
}

function hasSentAll(first: number, source: number, stages: readonly Stage[], children: readonly Child[]): boolean {
  const exit = children[first]?.exit;
  return (first === source || stages[first]?.endsEarly === true) && exit !== undefined && isClean(exit);
}

/** Starts the target first, so that each child finds its reader. */
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

/** The first to end of those that have not sent everything. If several have ended, the one nearest to the target. */
function firstToEnd(children: readonly Child[], source: number, asked: Promise<unknown>): Promise<number | "stop"> {
  const ends = [...children.entries()].slice(source).map(([at, { exited }]) => exited.then(() => at));
  return Promise.race([asked.then(() => "stop" as const), ...ends.reverse()]);
}

/** Signals the target first: it must get the signal before its input ends. */
async function stopAll({ stages }: DeliverOptions, children: readonly Child[], signal: NodeJS.Signals): Promise<void> {
  const ends = [...children.entries()].reverse().map(([at, child]) => child.stop(signal, stages[at]?.graceMs ?? 0));
  await Promise.all(ends);
}

/** After so long a reader that said nothing is stopped all the same. */
const mostStartMs = 5000;

/** Children that have ended are stopped too: a dead wrapper may have left its programs running. */
async function stopAfter(first: number, { stages, stop, pipes }: DeliverOptions, children: readonly Child[]): Promise<void> {
  const reader = children[first + 1];
  // The reader may be rolling back and about to report why. Nobody reads the pipe any more, so waiting does no harm.
  if (reader !== undefined && (await stages[first]?.lostItsReader())) await Promise.race([reader.exited, stop.asked, pause(2000)]);
  // It may not have read the last STATEs yet. Without `whole` on its control channel the end of its input does not make it whole.
  if (reader !== undefined && reader.control !== null) {
    pipes[first]?.closeWriteEnd();
    await Promise.race([stages[first + 1]?.heard, reader.exited, stop.asked, pause(mostStartMs)]);
  }
  for (const [at, child] of [...children.entries()].reverse()) await child.stop("SIGTERM", stages[at]?.graceMs ?? 0);
}
