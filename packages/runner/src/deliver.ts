/**
 * The choreography of two children and the pipe between them: who is told to stop, in which order, and when the target
 * may see the end of its input. Only a tap that exited with 0 has sent everything; in every other case the target is
 * stopped first and the pipe closed after it, so that it never takes a torn input for a whole one.
 */
import type { Pipe } from "./pipe.ts";
import type { Child } from "./processes.ts";
import type { Role } from "./progress.ts";
import { isClean } from "./verdict.ts";

export interface StopSource {
  /** The signal the runner was told to stop with. */
  readonly signal: NodeJS.Signals | undefined;
  /** Settles when the runner is told to stop. */
  readonly asked: Promise<NodeJS.Signals>;
  /** Settles when it is told a second time: nobody waits any more. */
  readonly askedAgain: Promise<void>;
}

export interface Grace {
  tapMs: number;
  targetMs: number;
}

export interface DeliverOptions {
  pipe: Pipe;
  startTarget(stdin: number): Promise<Child>;
  startTap(stdout: number): Promise<Child>;
  /** After the tap failed: whether it was for want of a reader. */
  tapLostItsReader(): Promise<boolean>;
  stop: StopSource;
  grace: Grace;
}

export interface Delivery {
  tap: Child;
  target: Child;
  first: Role | "stop";
}

/** Both children have ended when it settles. @throws plugin_not_started */
export async function deliver(options: DeliverOptions): Promise<Delivery> {
  const { pipe, stop, grace } = options;
  const target = await options.startTarget(pipe.readEnd);
  pipe.closeReadEnd();
  const tap = await startOrStop(options, target);
  void stop.askedAgain.then(() => {
    target.signal("SIGKILL");
    tap.signal("SIGKILL");
  });
  const first = await Promise.race([
    stop.asked.then(() => "stop" as const),
    target.exited.then(() => "target" as const),
    tap.exited.then(() => "tap" as const),
  ]);
  if (first === "stop") await stopBoth(target, tap, stop.signal ?? "SIGTERM", grace);
  else if (first === "target") await tap.stop("SIGTERM", grace.tapMs);
  else if (isClean(await tap.exited)) return { tap, target, first: await finishTarget(target, pipe, stop, grace) };
  else await stopAfterTap(options, target);
  // Programs that a dead wrapper left behind.
  await tap.stop("SIGTERM", grace.tapMs);
  pipe.closeWriteEnd();
  return { tap, target, first };
}

async function startOrStop({ startTap, pipe, grace }: DeliverOptions, target: Child): Promise<Child> {
  try {
    return await startTap(pipe.writeEnd);
  } catch (error) {
    await target.stop("SIGTERM", grace.targetMs);
    throw error;
  }
}

/** The target's signal goes out first: it must know before its input dries up. */
async function stopBoth(target: Child, tap: Child, signal: NodeJS.Signals, grace: Grace): Promise<void> {
  const ended = target.stop(signal, grace.targetMs);
  await Promise.all([ended, tap.stop(signal, grace.tapMs)]);
}

async function finishTarget(target: Child, pipe: Pipe, stop: StopSource, grace: Grace): Promise<Role | "stop"> {
  pipe.closeWriteEnd();
  const first = await Promise.race([target.exited.then(() => "tap" as const), stop.asked.then(() => "stop" as const)]);
  if (first === "stop") await target.stop(stop.signal ?? "SIGTERM", grace.targetMs);
  return first;
}

async function stopAfterTap({ tapLostItsReader, grace, stop }: DeliverOptions, target: Child): Promise<void> {
  // The target may be in the middle of undoing its work, about to say why: nobody reads the pipe, so waiting costs nothing.
  if (await tapLostItsReader()) await Promise.race([target.exited, stop.asked, pause(2000)]);
  await target.stop("SIGTERM", grace.targetMs);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
