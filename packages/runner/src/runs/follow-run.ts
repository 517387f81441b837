/**
 * Yields the events of a run to any process, while the run goes on or later. It reads the files that the run writes: it needs no answer
 * from the run, and disturbs it in no way.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { errors } from "../errors.ts";
import type { JobFinished } from "../model/run-event.ts";
import type { Runner } from "../model/runner.ts";
import { lifeOf } from "../state/host.ts";
import { eventPaths } from "./event-file.ts";
import { readEventLine, type TimedEvent } from "./event-line.ts";
import { allStreams } from "./progress-changes.ts";

export interface FollowOptions {
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** How long it waits for a change before it looks by itself, and whether the run's process is still there. */
  lookEveryMs?: number;
}

/**
 * From the first event that is kept to the last. Waits for the file of a run that is about to start. Ends after `job_finished`, or,
 * without it, when the run's process is gone: then the run crashed. A run of another machine ends only with `job_finished` or `signal`.
 */
export async function* followRun(projectFolder: string, runId: string, options: FollowOptions = {}): AsyncGenerator<TimedEvent> {
  const { signal, lookEveryMs = 1000 } = options;
  const { newest, older } = eventPaths(projectFolder, runId);
  using changes = createWatcher(newest, signal);
  let runner: Runner | undefined;
  const complete = allStreams();
  let part = -1;
  let file: OpenFile | undefined;
  try {
    while (signal?.aborted !== true) {
      file ??= openFile(existsSync(older) ? older : newest);
      // Before the reading: what a process wrote before it ended is then read.
      const isGone = runner !== undefined && lifeOf(runner) === "dead";
      const isOver = file !== undefined && !isAt(newest, file);
      for (const line of file?.readLines() ?? []) {
        const read = readEventLine(line);
        if (read === undefined) continue;
        const { event } = read;
        if (event.type === "job_started") {
          runner = event.runner;
          const own = event.part ?? 0;
          if (part >= 0 && own <= part) continue;
          const isNext = own === part + 1;
          part = own;
          if (isNext && own > 0) continue;
        }
        yield complete(read);
        if (event.type === "job_finished") return;
      }
      if (file !== undefined && isOver) {
        // Its successor is now under its name, or, if the run went on to a third file, under the older one.
        const next = openFile(isAt(older, file) ? newest : older);
        if (next !== undefined) {
          file.close();
          file = next;
          continue;
        }
      }
      if (isGone) return;
      await changes.next(lookEveryMs);
    }
  } finally {
    file?.close();
  }
}

/** Follows a run to its end. @throws run_crashed */
export async function followToEnd(
  projectFolder: string,
  runId: string,
  onEvent: (timed: TimedEvent) => void = () => {},
): Promise<JobFinished> {
  for await (const timed of followRun(projectFolder, runId)) {
    onEvent(timed);
    if (timed.event.type === "job_finished") return timed.event;
  }
  throw errors.run_crashed({ runId });
}

/** All events that are kept of a run, without waiting. */
export function* readEvents(projectFolder: string, runId: string): Generator<TimedEvent> {
  const { newest, older } = eventPaths(projectFolder, runId);
  const complete = allStreams();
  for (const path of [older, newest]) {
    const file = openFile(path);
    if (file === undefined) continue;
    try {
      for (const line of file.readLines()) {
        const read = readEventLine(line);
        if (read !== undefined) yield complete(read);
      }
    } finally {
      file.close();
    }
  }
}

interface OpenFile {
  readonly inode: number;
  /** The whole lines that were added since the last call. */
  readLines(): Generator<string>;
  close(): void;
}

/** undefined: it is not there. */
function openFile(path: string): OpenFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const piece = Buffer.allocUnsafe(65_536);
  let rest: Buffer = Buffer.alloc(0);
  return {
    inode: fstatSync(descriptor).ino,
    *readLines() {
      for (;;) {
        const count = readSync(descriptor, piece, 0, piece.length, null);
        if (count === 0) return;
        const bytes = Buffer.concat([rest, piece.subarray(0, count)]);
        const end = bytes.lastIndexOf(10);
        rest = bytes.subarray(end + 1);
        if (end >= 0) yield* bytes.toString("utf8", 0, end).split("\n");
      }
    },
    close: () => closeSync(descriptor),
  };
}

function isAt(path: string, { inode }: OpenFile): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === inode;
}

interface Watcher extends Disposable {
  /** Settles at the next change of the file, or after so long. A change since the last call counts. */
  next(ms: number): Promise<void>;
}

/** Watches the folder, since the file may be replaced. Where the system has no more watches to give, only the time wakes. */
function createWatcher(path: string, signal: AbortSignal | undefined): Watcher {
  let isChanged = false;
  let wake = (): void => {};
  const change = (): void => {
    isChanged = true;
    wake();
  };
  const name = basename(path);
  const start = () => watchFolder(dirname(path), (changed) => (changed === null || changed === name) && change());
  let watcher = start();
  signal?.addEventListener("abort", change);
  return {
    async next(ms) {
      // The folder of a project's first run is new.
      if (watcher === undefined) {
        watcher = start();
        isChanged = watcher !== undefined;
      }
      if (!isChanged) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, ms);
        });
        clearTimeout(timer);
      }
      isChanged = false;
    },
    [Symbol.dispose]() {
      watcher?.close();
      signal?.removeEventListener("abort", change);
    },
  };
}

function watchFolder(folder: string, onChange: (name: string | null) => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, (_event, name) => onChange(name));
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
