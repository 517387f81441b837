/**
 * The private folder of one run, `.tapline/running/<run-id>.<owner>/`. It holds configs with secrets while the plugins run, in files that
 * only the user may read, and is deleted with the run; what a crash left is deleted at the next start. Its name contains its owner, so
 * that the owner is known at every moment the folder exists. A program that no store knows is noted in it, so that a run after a crash
 * can stop it.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringifyOrdered } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { ProcessIdentity } from "../model/runner.ts";
import { identify, isAlive } from "./liveness.ts";

export interface RunFolder extends Disposable {
  path: string;
  /** Writes JSON (or text) to a file of mode 0600. Returns its path. */
  write(name: string, content: unknown): string;
  /** @throws store_unusable */
  noteProgram(program: Program): void;
}

export interface Program extends ProcessIdentity {
  /** The plugin's name. */
  name: string;
}

const programFile = "program.json";

/** @throws store_unusable */
export function createRunFolder(projectFolder: string, runId: string): RunFolder {
  const runs = join(projectFolder, ".tapline", "running");
  const path = join(runs, `${runId}.${ownerName(identify(process.pid))}`);
  try {
    mkdirSync(runs, { recursive: true });
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
  }
  const write = (name: string, content: unknown): string => {
    const file = join(path, name);
    writeFileSync(file, typeof content === "string" ? content : stringifyOrdered(content), { mode: 0o600 });
    return file;
  };
  return {
    path,
    write,
    noteProgram(program) {
      try {
        write(programFile, program);
      } catch (error) {
        throw errors.store_unusable({ path, reason: (error as Error).message }, {}, error);
      }
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Deletes the folders of runs whose runner and program are both gone. */
export function sweepRunFolders(projectFolder: string): void {
  for (const path of abandoned(projectFolder)) if (programOf(path) === undefined) rmSync(path, { recursive: true, force: true });
}

/** Programs that still run although their runner is gone. */
export function leftoverPrograms(projectFolder: string): Program[] {
  return abandoned(projectFolder).flatMap((path) => programOf(path) ?? []);
}

function abandoned(projectFolder: string): string[] {
  return placesOf(join(projectFolder, ".tapline")).flatMap((runs) =>
    readdirSync(runs, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && !isInUse(entry.name) ? [join(runs, entry.name)] : [],
    ),
  );
}

/** Earlier versions had their folders where the events of runs are now. Their logs are there until the history forgets those runs. */
function placesOf(folder: string): string[] {
  const [running, runs] = [join(folder, "running"), join(folder, "runs")];
  return [...(existsSync(running) ? [running] : []), ...(existsSync(join(folder, "logs")) && existsSync(runs) ? [runs] : [])];
}

/** undefined: no program was noted, or it is gone. */
function programOf(path: string): Program | undefined {
  try {
    const program = JSON.parse(readFileSync(join(path, programFile), "utf8")) as Program;
    return isAlive(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that `ownerName` gives at the end of a folder's name is still there. */
export function isInUse(name: string): boolean {
  const pid = /\.(\d+)-[0-9a-f]+$/.exec(name)?.[1];
  if (pid === undefined) return false;
  const owner = identify(Number(pid));
  return isAlive(owner) && name.endsWith(`.${ownerName(owner)}`);
}

/** A pid and the start of its process, in characters that every file system allows in a name. */
export function ownerName({ pid, started }: ProcessIdentity): string {
  return `${pid}-${createHash("sha256").update(started).digest("hex").slice(0, 12)}`;
}
