/**
 * The log of one run, `.tapline/logs/RUN.log`: every line its plugins printed, with secrets replaced before. A log that grows too long is
 * continued in a new file, and the oldest logs are deleted, so that logs can't fill the disk.
 */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../errors.ts";

export interface RunLog extends Disposable {
  /** A path relative to the project's folder. */
  readonly file: string;
  write(time: Date, source: string, level: string, message: string): void;
}

export interface RunLogOptions {
  /** The limit of one file. A run keeps its last two files. */
  maxBytes?: number;
  /** The limit of all logs of the project. The oldest are deleted first. */
  maxTotalBytes?: number;
}

/** @throws store_unusable */
export function openRunLog(
  projectFolder: string,
  runId: string,
  { maxBytes = 20_000_000, maxTotalBytes = 200_000_000 }: RunLogOptions = {},
): RunLog {
  const folder = join(projectFolder, ".tapline", "logs");
  const file = join(".tapline", "logs", `${runId}.log`);
  const path = join(projectFolder, file);
  let descriptor: number;
  let size = 0;
  try {
    mkdirSync(folder, { recursive: true });
    makeRoom(folder, maxTotalBytes);
    descriptor = openSync(path, "a", 0o600);
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
  return {
    file,
    write(time, source, level, message) {
      const text = message
        .split("\n")
        .map((line) => `${time.toISOString()} ${source} ${level} ${line}\n`)
        .join("");
      try {
        if (size > 0 && size + text.length > maxBytes) {
          closeSync(descriptor);
          renameSync(path, `${path}.1`);
          descriptor = openSync(path, "a", 0o600);
          size = 0;
        }
        size += writeSync(descriptor, text);
      } catch {
        // The store reports a full disk. Unlike states, log lines may be lost.
      }
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/** Deletes the oldest logs. Their names begin with the time of the run. */
function makeRoom(folder: string, maxTotalBytes: number): void {
  let total = 0;
  for (const name of readdirSync(folder).sort().reverse()) {
    const path = join(folder, name);
    total += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (total > maxTotalBytes) rmSync(path, { force: true });
  }
}
