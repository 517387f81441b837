/**
 * Makes appends to several files one commit. While rows are being written the journal names each file and how long it was
 * at the last commit; whoever finds a journal of a dead process cuts the files back to those lengths. No journal: nothing to mend.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "./errors.ts";

interface Entries {
  pid: number;
  lengths: Record<string, number>;
}

export class Journal {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, ".target-jsonl.journal");
  }

  /** Cuts files back after a process that died. @throws destination_busy when it still lives */
  recover(): void {
    if (!existsSync(this.#path)) return;
    const { pid, lengths } = JSON.parse(readFileSync(this.#path, "utf8")) as Entries;
    if (pid !== process.pid && isAlive(pid)) throw errors.destination_busy({ path: this.#folder, pid });
    this.cutBack(lengths);
    this.remove();
  }

  cutBack(lengths: Readonly<Record<string, number>>): void {
    for (const [file, length] of Object.entries(lengths)) {
      const path = join(this.#folder, file);
      if (existsSync(path)) truncateSync(path, length);
    }
  }

  /** Durable when it returns: the file is complete before it has its name. */
  write(lengths: Readonly<Record<string, number>>): void {
    const part = `${this.#path}.part`;
    const fd = openSync(part, "w", 0o600);
    try {
      writeFileSync(fd, JSON.stringify({ pid: process.pid, lengths } satisfies Entries));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
