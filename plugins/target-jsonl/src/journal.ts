/**
 * Makes appends to several files one commit. While rows are being written the journal holds each file's length at the last commit.
 * A process that finds the journal of a dead process cuts the files back to those lengths. Without a journal all files are whole.
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

  /** Cuts the files back when the process that wrote the journal is dead. @throws destination_busy when it still runs */
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

  /** Durable when it returns. The file is complete before it gets its name. */
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
