/** Forgets that files were loaded: their rows stay, and the files stay in the archive, but nothing depends on them any more. */
import { errors } from "../errors.ts";
import { environmentOf } from "../project/project.ts";
import { openStore } from "../state/open-store.ts";
import { contentKey, type LoadedContent, type PutAway, putAwayKey } from "./file-facts.ts";
import { type Choice, putAwayFiles } from "./restore-files.ts";

/**
 * `names`: see `putAwayFiles`, all files of each name; undefined: all. Afterwards the same content may be loaded again, and no `--replace`
 * is refused because of them. @throws file_unknown, and as `putAwayFiles`
 */
export async function forgetFiles(choice: Choice, names: readonly string[] | undefined): Promise<PutAway[]> {
  const { project, tap } = choice;
  const environment = environmentOf(project, choice.environment);
  const chosen = names === undefined ? await putAwayFiles(choice) : (await Promise.all(names.map((name) => allOf(choice, name)))).flat();
  await using store = await openStore(project, environment);
  for (const file of chosen) {
    const keys = [contentKey(file.stateId, file.sha256), putAwayKey({ environment, tap }, file)] as const;
    await store.facts.decide<unknown, void>("file", keys, ([content]) => ({
      answer: undefined,
      // The content may have been loaded again from another file since.
      write: { ...((content as LoadedContent | undefined)?.id === file.id && { [keys[0]]: null }), [keys[1]]: null },
    }));
  }
  return chosen;
}

async function allOf(choice: Choice, name: string): Promise<PutAway[]> {
  const found = await putAwayFiles(choice, name);
  if (found.length === 0) throw errors.file_unknown({ name, tap: choice.tap });
  return found;
}
