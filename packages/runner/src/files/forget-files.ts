/** Forgets that files were loaded: their rows stay, and the files stay in the archive, but nothing depends on them any more. */
import { errors } from "../errors.ts";
import { environmentOf } from "../project/project.ts";
import { openStore } from "../state/open-store.ts";
import { contentKey, type LoadedContent, type PutAway, putAwayKey } from "./file-facts.ts";
import { type Choice, putAwayFiles } from "./restore-files.ts";

/**
 * `names`: see `putAwayFiles`; undefined: all. With `every`, all files that had the name, as those that are exported each day. Afterwards
 * the same content may be loaded again, and no `--replace` is refused because of them. @throws file_unknown, file_several, and as `putAwayFiles`
 */
export async function forgetFiles(choice: Choice, names: readonly string[] | undefined, every: boolean): Promise<PutAway[]> {
  const { project, tap } = choice;
  const environment = environmentOf(project, choice.environment);
  const chosen =
    names === undefined ? await putAwayFiles(choice) : (await Promise.all(names.map((name) => namedSo(choice, name, every)))).flat();
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

async function namedSo(choice: Choice, name: string, every: boolean): Promise<PutAway[]> {
  const found = await putAwayFiles(choice, name);
  if (found.length > 1 && !every)
    throw errors.file_several({
      name,
      count: found.length,
      ids: found
        .slice(0, 5)
        .map(({ id }) => id)
        .join(", "),
    });
  if (found.length === 0) throw errors.file_unknown({ name, tap: choice.tap });
  return found;
}
