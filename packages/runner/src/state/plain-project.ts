/** The states of a project that keeps them where all do unless they say otherwise, without reading its tapline.yml in full. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findFolder } from "../project/project-folder.ts";
import { openSqliteBackend } from "./sqlite-store.ts";
import type { StoredState } from "./store.ts";

export interface KeptStates {
  /** Where they are kept. */
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

/** A key can't be there if its word is not, in quotes or out of them; a backslash could spell it in another way. */
function mayNameStore(folder: string): boolean {
  const text = readFileSync(join(folder, "tapline.yml"), "utf8");
  return /\bstate\b|include|\\/.test(text);
}
