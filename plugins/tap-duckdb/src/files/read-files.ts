/**
 * Reads the files of a stream, one after another, and marks each: a file that was read is not read again unless it changed, one that was not
 * read to its end goes on where it stopped, and one that is gone is named. With FULL_TABLE all files are one version, read in each run.
 */
import { resolve } from "node:path";
import {
  activate,
  type Chunk,
  checkpoint,
  checkReplace,
  describeStatChange,
  formatNumber,
  loadFormOf,
  type ReadContext,
  replaceSource,
  rereadOf,
  rowVersion,
  sourceColumn,
} from "@tapline/sdk";
import { nextVersion } from "@tapline/sql-tap";
import type { Database } from "../database.ts";
import type { Input } from "./input.ts";
import type { Look } from "./look.ts";
import { type Mark, readMarks, writeMarks } from "./marks.ts";
import { isAddress } from "./objects.ts";
import { countOf, readFile } from "./read-file.ts";
import type { FileStream } from "./settings.ts";

export interface FilesReading {
  database: Database;
  context: ReadContext;
  settings: FileStream;
  inputs: readonly Input[];
  datesAsText: boolean;
}

export async function* readFiles(reading: FilesReading): AsyncGenerator<Chunk> {
  if (reading.context.replicationMethod === "FULL_TABLE") yield* readAll(reading);
  else yield* readNew(reading);
}

async function* readAll(reading: FilesReading): AsyncGenerator<Chunk> {
  const { context, inputs } = reading;
  const version = nextVersion(context.state);
  yield rowVersion(version);
  let done = 0;
  for (const input of inputs) {
    const { size } = await input.look();
    for await (const { chunk } of pieces(reading, input, 0)) {
      yield chunk;
      tellShare(reading, done, size);
    }
    await input.expectUnchanged();
    done += size;
    context.progress(done);
  }
  yield activate(version);
  yield checkpoint({ version });
}

async function* readNew(reading: FilesReading): AsyncGenerator<Chunk> {
  const { context, settings, inputs } = reading;
  const { entity: stream, changed_files: rule = "fail", read_again: readAgain = false } = settings;
  const form = loadFormOf(context);
  if (rule === "replace" && form === "append") checkReplace({ stream, context });
  const marks = readMarks(context.state.files, stream);
  const known = new Map([...marks.keys()].map((name) => [identity(name), name]));
  const hasSource = context.columns.includes(sourceColumn);
  let done = 0;
  for (const input of inputs) {
    const found = await input.look();
    const name = known.get(identity(input.name)) ?? input.name;
    known.delete(identity(input.name));
    const mark = marks.get(name);
    const use = await useOf(mark, found, input, readAgain);
    if (use.kind === "touched") marks.set(name, { ...(mark as Mark), ...found });
    if (use.kind === "read") {
      const position = { stream, name, hasSource: mark?.hasSource === true, changes: describeStatChange(mark ?? found, statOf(found)) };
      const reread = use.isChanged ? rereadOf(position, form, rule) : undefined;
      if (reread === "replace") yield replaceSource(sourceColumn, name);
      const part = use.from > 0 ? hasSource && mark?.hasSource === true : hasSource;
      let count = 0;
      for await (const { chunk, rows } of pieces(reading, { ...input, name }, use.from, input.name)) {
        yield chunk;
        count += countOf(chunk);
        tellShare(reading, done, found.size);
        if (reread === "replace" || !context.isStateDue()) continue;
        await input.expectUnchanged();
        marks.set(name, { ...found, checksum: undefined, rows, hasSource: part });
        yield checkpoint({ files: writeMarks(marks) });
      }
      const checksum = await input.checksum();
      await input.expectUnchanged();
      marks.set(name, { ...found, checksum, rows: undefined, hasSource: part });
      if (reread === "append")
        context.log(
          "warning",
          `${name} was read before and has changed: ${formatNumber(count)} rows of it were sent again and are appended`,
        );
      if (reread === "replace" || context.isStateDue()) yield checkpoint({ files: writeMarks(marks) });
    }
    done += found.size;
    context.progress(done);
  }
  const gone = [...known.values()];
  if (gone.length > 0 && !readAgain) tellOfGone(gone, context);
  yield checkpoint({ files: writeMarks(marks) });
}

/** A file has one mark, however its path is spelled. */
const identity = (name: string): string => (isAddress(name) ? name : resolve(name));

const statOf = ({ size, mtime }: Look) => ({ size, mtime, mtimeNs: BigInt(Date.parse(mtime)) * 1_000_000n });

type Use = { kind: "same" } | { kind: "touched" } | { kind: "read"; from: number; isChanged: boolean };

/** What is to be done with a file. One that was only touched, or copied here again, has the same checksum. */
async function useOf(mark: Mark | undefined, found: Look, input: Input, readAgain: boolean): Promise<Use> {
  if (mark === undefined || readAgain) return { kind: "read", from: 0, isChanged: false };
  const isSame = mark.size === found.size && mark.mtime === found.mtime;
  if (isSame) return mark.rows === undefined ? { kind: "same" } : { kind: "read", from: mark.rows, isChanged: false };
  const isEqual = mark.size === found.size && mark.checksum !== undefined && mark.checksum === (await input.checksum());
  return isEqual ? { kind: "touched" } : { kind: "read", from: 0, isChanged: true };
}

/** `name` is what rows say of their file, `path` where it is read. */
function pieces({ database, context, settings, datesAsText }: FilesReading, input: Input, from: number, path = input.name) {
  const hasSource = context.columns.includes(sourceColumn);
  return readFile({ database, context, path, name: input.name, format: settings.format, datesAsText, hasSource, from });
}

/** `done`: the bytes of the files before this one. */
function tellShare({ database, context }: FilesReading, done: number, size: number): void {
  const share = database.share();
  if (share !== undefined) context.progress(done + Math.floor(share * size));
}

const shown = 3;

function tellOfGone(names: readonly string[], { log }: ReadContext): void {
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  const what = names.length === 1 ? "is gone: its rows stay" : "are gone: their rows stay";
  log(
    "warning",
    `${names.slice(0, shown).join(", ")}${more} ${what} in the table. With FULL_TABLE, rows of files that are gone are removed`,
  );
}
