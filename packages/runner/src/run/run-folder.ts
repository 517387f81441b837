/**
 * The private folder of one run, `.tapline/runs/<run-id>.<owner>/`: configs with secrets lie in it while the plugins run, as
 * files only the user may read. It goes with the run; what a crash left is swept at the next start. The owner is part of the
 * name, so a folder tells whose it is from the instant it is there to the instant it is gone.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../errors.ts";
import { identify, isAlive, type ProcessIdentity } from "../liveness.ts";

export interface RunFolder extends Disposable {
  path: string;
  /** Writes JSON (or text) to a file of mode 0600 and gives its path. */
  write(name: string, content: unknown): string;
}

/** @throws store_unusable */
export function createRunFolder(projectFolder: string, runId: string): RunFolder {
  const runs = join(projectFolder, ".tapline", "runs");
  const path = join(runs, `${runId}.${ownerName(identify(process.pid))}`);
  try {
    mkdirSync(runs, { recursive: true });
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Removes the folders of runs whose runner is gone. */
export function sweepRunFolders(projectFolder: string): void {
  const runs = join(projectFolder, ".tapline", "runs");
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) if (!isInUse(name)) rmSync(join(runs, name), { recursive: true, force: true });
}

function isInUse(name: string): boolean {
  const pid = /\.(\d+)-[0-9a-f]+$/.exec(name)?.[1];
  if (pid === undefined) return false;
  const owner = identify(Number(pid));
  return isAlive(owner) && name.endsWith(`.${ownerName(owner)}`);
}

/** A pid and the start of its process, in letters a folder's name may have anywhere. */
function ownerName({ pid, started }: ProcessIdentity): string {
  return `${pid}-${createHash("sha256").update(started).digest("hex").slice(0, 12)}`;
}
