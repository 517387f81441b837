/**
 * A kernel pipe between two children, with a copy of its write end for the runner. So the target sees the end of its input when the
 * runner closes that copy, not when a tap is killed. Node's own stdio would be a socket, which can't be opened as `/dev/stdin`, and
 * would send every byte through this process, at 20 to 100 times the cost.
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
  /** Call it once the target has started. Then only the target holds a read end, so the tap gets EPIPE when the target dies. */
  closeReadEnd(): void;
  /** The target sees the end of its input as soon as the tap is gone too. */
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
    // A second close could close another file that got the same number.
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
}
