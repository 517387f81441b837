/** What a state says of claimed files. The state is that of the target's ledger, so a file counts as loaded exactly when its rows are. Pure. */
import { type FileProgress, isObject, parseExact, readFileProgress } from "@tapline/protocol";
import type { Claim } from "./file-facts.ts";

export interface StateOfFiles {
  /** Of all streams of the file together; undefined: they have not read all of it. */
  loaded(claim: Pick<Claim, "id" | "streams">): { sent: number; rejected: number } | undefined;
  /** The stream has a bookmark, so what it loaded before counts. */
  hasBookmark(stream: string): boolean;
}

/** `state`: JSON text; null: there is none. */
export function stateOfFiles(state: string | null): StateOfFiles {
  const parsed = state === null ? undefined : parseExact(state);
  const bookmarks = isObject(parsed) && isObject(parsed.bookmarks) ? parsed.bookmarks : {};
  const progress = new Map<string, Map<string, FileProgress>>();
  const of = (stream: string): Map<string, FileProgress> => {
    const known = progress.get(stream) ?? readFileProgress(bookmarks[stream]);
    progress.set(stream, known);
    return known;
  };
  return {
    loaded({ id, streams }) {
      const parts = streams.map((stream) => of(stream).get(id));
      if (!parts.every((part) => part?.done === true)) return undefined;
      const sum = (count: (part: FileProgress) => number): number => parts.reduce((all, part) => all + count(part as FileProgress), 0);
      return { sent: sum(({ sent }) => sent), rejected: sum(({ rejected }) => rejected) };
    },
    hasBookmark: (stream) => isObject(bookmarks[stream]) && Object.keys(bookmarks[stream]).length > 0,
  };
}
