/** Reads the states of a project with the default store, without parsing its tapline.yml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findFolder } from "../project/project-folder.ts";
import { openSqliteBackend } from "./sqlite-store.ts";
import type { StoredState } from "./store.ts";

export interface KeptStates {
  /** Where they are kept, for people. */
  place: string;
  states: readonly StoredState[];
}

/** undefined: its tapline.yml may name another store, or is not there. @throws store_unusable, store_too_new */
export async function statesOfPlainProject(from: string): Promise<KeptStates | undefined> {
  const folder = findFolder(from);
  if (folder === undefined || mayNameStore(folder)) return undefined;
  await using backend = openSqliteBackend(folder);
  return { place: backend.place, states: await backend.states() };
}

/** If the word `state` is nowhere in the text, there is no such key. A backslash could be an escape that spells it. */
function mayNameStore(folder: string): boolean {
  const text = readFileSync(join(folder, "tapline.yml"), "utf8");
  return /\bstate\b|include|\\/.test(text);
}
