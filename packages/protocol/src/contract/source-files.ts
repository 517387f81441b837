/**
 * Files that a run takes and puts away (capability `files`). The tap answers `--files` with the files it would read; the runner claims
 * some of them and names them in the setting `claimed_files`; the tap notes in the bookmark of each stream which of them it has read.
 * That bookmark is committed with the rows, so a file counts as loaded exactly when its rows are.
 */
import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

export const sourceFileSchema = Type.Object(
  {
    path: Type.String({ description: "As the tap reads it; relative to the folder that the tap runs in" }),
    streams: Type.Array(Type.String(), { description: "The streams that it has rows of; []: it belongs to none" }),
  },
  { description: "A line of what a tap prints for --files" },
);

/** A line of an answer to `--files`. */
export type SourceFile = Static<typeof sourceFileSchema>;

export const claimedFilesSchema = Type.Array(
  Type.Object({
    path: Type.String({ minLength: 1, description: "As --files printed it." }),
    id: Type.String({ minLength: 1, description: "What the bookmark calls it." }),
    follows: Type.Optional(
      Type.String({ description: "The id that the file at this path had before it changed, where it was not put away since." }),
    ),
  }),
  { description: "The files to read in this run, and no others; tapline sets it where `files` of the plugin's entry asks for an archive." },
);

export type ClaimedFile = Static<typeof claimedFilesSchema>[number];

/** What the bookmark of a stream says of a claimed file, under `claims` and the claim's id. */
export interface FileProgress {
  /** Whether the stream has read it to its end. */
  done: boolean;
  /** Rows that were sent. */
  sent: number;
  /** Rows that the tap rejected. */
  rejected: number;
}

/** The key of the bookmark that has `FileProgress` by claim. */
export const claimsKey = "claims";

/** undefined where a line is no such answer. */
export function readSourceFiles(text: string): SourceFile[] | undefined {
  try {
    const values = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): unknown => JSON.parse(line));
    const isFile = (value: unknown): value is SourceFile =>
      isObject(value) && typeof value.path === "string" && Array.isArray(value.streams) && value.streams.every(isText);
    return values.every(isFile) ? values : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a stream's bookmark says of claimed files, by claim; entries of another form are left out.
 * @example readFileProgress(context.state).get(id)?.done
 */
export function readFileProgress(bookmark: unknown): Map<string, FileProgress> {
  const claims = isObject(bookmark) ? bookmark[claimsKey] : undefined;
  if (!isObject(claims)) return new Map();
  return new Map(Object.entries(claims).filter((entry): entry is [string, FileProgress & Record<string, unknown>] => isProgress(entry[1])));
}

const isText = (value: unknown): boolean => typeof value === "string";

const isProgress = (value: unknown): boolean =>
  isObject(value) && typeof value.done === "boolean" && [value.sent, value.rejected].every(Number.isSafeInteger);
