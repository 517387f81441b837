/**
 * A kernel pipe between two children with the runner's own copy of its write end. The target sees the end of its input
 * when the runner wants it to, and not already when a killed tap lets go. Node's own stdio would be a socket
 * (`/dev/stdin` can't be opened then) and would send every byte through this process: 20 to 100 times the cost.
 */
import { execFile } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errors } from "../errors.ts";

export interface Pipe {
  /** For the target's stdin. */
  readonly readEnd: number;
  /** For the tap's stdout. */
  readonly writeEnd: number;
  /** After the target has started: only its own copy is left, so the tap gets EPIPE when the target dies. */
  closeReadEnd(): void;
  /** Lets the target see the end of its input, once the tap is gone too. */
  closeWriteEnd(): void;
  close(): void;
}

/** @throws pipe_failed */
export async function createPipe(folder: string): Promise<Pipe> {
  const path = join(folder, "pipe");
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", path]);
    // Opening one end alone waits for the other; O_NONBLOCK would be inherited and break Python targets.
    const both = openSync(path, "r+");
    const writeEnd = openSync(path, "w");
    const readEnd = openSync(path, constants.O_RDONLY);
    closeSync(both);
    unlinkSync(path);
    const closeRead = closeOnce(readEnd);
    const closeWrite = closeOnce(writeEnd);
    return {
      readEnd,
      writeEnd,
      closeReadEnd: closeRead,
      closeWriteEnd: closeWrite,
      close() {
        closeRead();
        closeWrite();
      },
    };
  } catch (error) {
    throw errors.pipe_failed({ reason: (error as Error).message }, {}, error);
  }
}

function closeOnce(descriptor: number): () => void {
  let isOpen = true;
  return () => {
    // A second close could hit another file that got the same number.
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
}
