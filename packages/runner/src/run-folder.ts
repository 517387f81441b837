/**
 * The private folder of one run, `.tapline/runs/<run-id>/`: configs with secrets lie in it while the plugins run, as files
 * only the user may read. It goes with the run; what a crash left is swept at the next start.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "./errors.ts";
import { identify, isAlive, type ProcessIdentity } from "./liveness.ts";

export interface RunFolder extends Disposable {
  path: string;
  /** Writes JSON (or text) to a file of mode 0600 and gives its path. */
  write(name: string, content: unknown): string;
}

/** A folder without its owner's note is being made right now, or its maker died in that instant. */
const strayAfterMs = 60_000;

/** @throws store_unusable */
export function createRunFolder(projectFolder: string, runId: string): RunFolder {
  const runs = join(projectFolder, ".tapline", "runs");
  const path = join(runs, runId);
  try {
    mkdirSync(runs, { recursive: true });
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, "owner.json"), JSON.stringify(identify(process.pid)), { mode: 0o600 });
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
  for (const name of readdirSync(runs)) {
    const path = join(runs, name);
    if (!isInUse(path)) rmSync(path, { recursive: true, force: true });
  }
}

function isInUse(path: string): boolean {
  try {
    return isAlive(JSON.parse(readFileSync(join(path, "owner.json"), "utf8")) as ProcessIdentity);
  } catch {
    const made = statSync(path, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs < strayAfterMs;
  }
}
