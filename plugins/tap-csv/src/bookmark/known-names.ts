/** Gives files the names that their marks have, so that a path which is spelled differently is not taken for a new file. */
import { identityOf } from "../source/file-identity.ts";
import { type InputFile, writtenName } from "../source/source.ts";
import type { FileMark } from "./file-mark.ts";

/**
 * Sets `knownAs` where a mark has another spelling of the same path: the rows that were loaded have that spelling in
 * `_sdc_source_file`. Drops the other marks of the file, which earlier versions of the tap left. The inputs are changed and not copied,
 * because the sample of a pipe is kept by their identity.
 */
export function useKnownNames(inputs: readonly InputFile[], marks: Map<string, FileMark>): void {
  if (marks.size === 0) return;
  const spellings = new Map<string, string[]>();
  for (const name of marks.keys()) {
    const identity = identityOf(name);
    spellings.set(identity, [...(spellings.get(identity) ?? []), name]);
  }
  for (const input of inputs) {
    const written = writtenName(input);
    const names = spellings.get(identityOf(written)) ?? [];
    const known = names.includes(written) ? written : names.at(-1);
    if (known === undefined) continue;
    if (known !== written) input.knownAs = known;
    for (const name of names) if (name !== known) marks.delete(name);
  }
}
