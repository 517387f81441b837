/**
 * The events of one run, `.tapline/runs/RUN.jsonl`: one line each, with secrets replaced before. Each file begins with `job_started`, so
 * that it can be read alone. A file that grows too long is continued in a new one, and the last two are kept. Progress and states are
 * thinned, so that they leave room for the log: the page needs the newest, not each.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseExact, type Redact, redactEvent } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { JobStarted, RunEvent } from "../model/run-event.ts";
import { eventLine } from "./event-line.ts";
import { progressChanges } from "./progress-changes.ts";

export interface EventFile extends Disposable {
  /** `redact`: replaces the secrets in states, which no plugin printed. */
  write(event: RunEvent, step: number | null, redact?: Redact): void;
  /** Of all files of the run that are kept. */
  readonly bytes: number;
}

export interface EventFileOptions {
  /** The limit of one file. A run keeps its last two files. */
  maxBytes?: number;
  /** Progress is written at most once in this time for each step, and states once in ten times as long. */
  everyMs?: number;
  now?: () => Date;
}

/** The paths of a run's events, the older first. */
export function eventPaths(projectFolder: string, runId: string): { older: string; newest: string } {
  const newest = join(projectFolder, ".tapline", "runs", `${runId}.jsonl`);
  return { older: `${newest}.1`, newest };
}

/** @throws store_unusable */
export function openEventFile(projectFolder: string, started: JobStarted, options: EventFileOptions = {}): EventFile {
  const { maxBytes = 20_000_000, everyMs = 500, now = () => new Date() } = options;
  const { newest, older } = eventPaths(projectFolder, started.runId);
  let descriptor = openFile(newest);
  let [size, olderSize, part] = [0, 0, 0];
  const changes = progressChanges();
  const thin = createThinning({ progress: everyMs, state: 10 * everyMs }, append);
  append({ event: started, step: null });
  return {
    write(event, step, redact) {
      thin.write({ event, step, redact });
    },
    get bytes() {
      return size + olderSize;
    },
    [Symbol.dispose]() {
      thin.flush();
      closeSync(descriptor);
    },
  };

  function append({ event, step, redact }: Written): void {
    const lineOf = (): string =>
      eventLine({ time: now(), step, event: changes.of(redact === undefined ? event : withoutSecrets(event, redact), step) });
    let line = lineOf();
    try {
      if (size > 0 && size + line.length > maxBytes) {
        roll();
        line = lineOf();
      }
      size += writeSync(descriptor, line);
    } catch {
      // The store reports a full disk. Unlike states, events may be lost.
    }
  }

  function roll(): void {
    closeSync(descriptor);
    renameSync(newest, older);
    descriptor = openSync(newest, "a", 0o600);
    [olderSize, size, part] = [size, 0, part + 1];
    changes.startOver();
    size += writeSync(descriptor, eventLine({ time: now(), step: null, event: { ...started, part } }));
  }
}

function openFile(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a", 0o600);
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
}

interface Written {
  event: RunEvent;
  step: number | null;
  redact?: Redact | undefined;
}

interface Thinning {
  write(written: Written): void;
  /** Writes what was held back. */
  flush(): void;
}

/** Holds back progress and states that come too soon after the last; the newest of each is written later, before the step's next other event. */
function createThinning(everyMs: Record<"progress" | "state", number>, write: (written: Written) => void): Thinning {
  const lastAt = new Map<string, number>();
  const held = new Map<string, Written>();
  let timer: NodeJS.Timeout | undefined;
  const put = (key: string, written: Written): void => {
    lastAt.set(key, Date.now());
    held.delete(key);
    write(written);
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [key, written] of held) put(key, written);
  };
  const flushDue = (): void => {
    timer = undefined;
    for (const [key, written] of held)
      if (Date.now() - (lastAt.get(key) ?? 0) >= everyMs[written.event.type as "progress" | "state"]) put(key, written);
    if (held.size > 0) timer = setTimeout(flushDue, everyMs.progress).unref();
  };
  return {
    flush,
    write(written) {
      const { type } = written.event;
      if (type !== "progress" && type !== "state") {
        // Log lines come in between all the time.
        if (type !== "log" && type !== "node") flush();
        return write(written);
      }
      const key = `${written.step} ${type}`;
      if (Date.now() - (lastAt.get(key) ?? 0) >= everyMs[type]) return put(key, written);
      held.set(key, written);
      timer ??= setTimeout(flushDue, everyMs.progress).unref();
    },
  };
}

function withoutSecrets(event: RunEvent, redact: Redact): RunEvent {
  const text = (state: string | null): string | null =>
    state === null ? null : JSON.stringify(redactEvent(parseExact(state) as object, redact));
  if (event.type === "state") return { ...event, value: text(event.value) as string };
  if (event.type === "run_started" && event.state !== null) return { ...event, state: redactEvent(event.state as object, redact) };
  if (event.type !== "run_finished" || event.result.kind !== "pipe") return event;
  const { stateBefore, stateAfter } = event.result;
  return { ...event, result: { ...event.result, stateBefore: text(stateBefore), stateAfter: text(stateAfter) } };
}
