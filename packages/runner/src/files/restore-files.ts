/** Brings files back from the archive to where they were, so that the next run loads them again. */
import { lstatSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { environmentOf } from "../project/project.ts";
import { openStore } from "../state/open-store.ts";
import { move, recordOf } from "./archive-file.ts";
import { contentKey, type Outcome, type PutAway, putAwayKey, putAwayPrefix } from "./file-facts.ts";

export interface Choice {
  project: Project;
  tap: string;
  environment?: string | undefined;
  /** Only files that were put away so. Default: all. */
  outcome?: Outcome;
}

/** Files that were put away, the newest first. `name`: the path that it had or has, or its id. @throws store_unusable, store_unreachable */
export async function putAwayFiles({ project, tap, outcome, ...choice }: Choice, name?: string): Promise<PutAway[]> {
  const environment = environmentOf(project, choice.environment);
  await using store = await openStore(project, environment);
  const facts = await store.facts.list<PutAway>("file", { prefix: putAwayPrefix({ environment, tap }), order: "descending" });
  return facts
    .map(({ value }) => value)
    .filter((each) => outcome === undefined || each.outcome === outcome)
    .filter(({ id, path, archivedAs }) => name === undefined || [id, path, archivedAs].includes(name));
}

/**
 * `names`: see `putAwayFiles`; of several with a name, the newest. undefined: all. Nothing is overwritten, and no file is brought back where
 * another one is at its place. @throws file_unknown, file_in_the_way, file_gone, and as `putAwayFiles`
 */
export async function restoreFiles(choice: Choice, names: readonly string[] | undefined): Promise<PutAway[]> {
  const { project, tap } = choice;
  const environment = environmentOf(project, choice.environment);
  const chosen =
    names === undefined
      ? newestOfEach((await putAwayFiles(choice)).filter(({ archivedAs }) => archivedAs !== null))
      : await Promise.all(names.map((name) => newest(choice, name)));
  for (const file of chosen) check(project, file);
  await using store = await openStore(project, environment);
  for (const file of chosen) {
    const { path, sha256, stateId } = file;
    const from = resolve(project.folder, file.archivedAs as string);
    const content = contentKey(stateId, sha256);
    // First, so that after a kill the file is never taken for a copy of itself.
    await store.facts.decide("file", [content], () => ({ answer: undefined, write: { [content]: null } }));
    await move(from, resolve(project.folder, path), sha256);
    rmSync(recordOf(from), { force: true });
    const past = putAwayKey({ environment, tap }, file);
    await store.facts.decide("file", [past], () => ({ answer: undefined, write: { [past]: null } }));
  }
  return chosen;
}

/** One path can take one file. */
function newestOfEach(files: readonly PutAway[]): PutAway[] {
  return files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
}

async function newest(choice: Choice, name: string): Promise<PutAway> {
  const [found] = await putAwayFiles(choice, name);
  if (found === undefined) throw errors.file_unknown({ name, tap: choice.tap });
  return found;
}

function check({ folder }: Project, { path, archivedAs }: PutAway): void {
  const isThere = (each: string): boolean => lstatSync(resolve(folder, each), { throwIfNoEntry: false }) !== undefined;
  if (archivedAs === null || !isThere(archivedAs)) throw errors.file_gone({ path: archivedAs ?? path });
  if (isThere(path)) throw errors.file_in_the_way({ path });
}
