/** What a file's start says about how it is to be read: encoding and dialect, each with its evidence in words. */
import type { Position } from "@tapline/sdk";
import { decoderOf, encodingOf } from "../source/encoding.ts";
import { type InputFile, readSample, type Sample } from "../source/source.ts";
import type { Dialect } from "./dialect.ts";
import { chooseEncoding } from "./encoding.ts";
import { chooseLayout } from "./layout.ts";
import type { SampleRow } from "./split.ts";

/** What the config or a catalog says; it is taken as it is and never guessed. */
export type Given = { readonly [K in keyof Dialect | "encoding"]?: (K extends keyof Dialect ? Dialect[K] : string) | undefined };

export interface Detection {
  encoding: string;
  dialect: Dialect;
  /** Why, for people: a few words a setting. */
  evidence: Readonly<Record<keyof Dialect | "encoding", string>>;
  /** The cells of the header as the file has them, those of several header rows joined; empty without a header. */
  names: readonly string[];
  /** Cells of most rows in the sample. */
  columns: number;
  /** The sample's rows behind `skip`, header rows among them. */
  rows: readonly SampleRow[];
  lineEnds: LineEnds;
}

/** How many lines of the sample end in which way. */
export interface LineEnds {
  crlf: number;
  lf: number;
  cr: number;
}

/** Hundreds of rows of most files; a file's size plays no part in how long detection takes. */
const sampleBytes = 128 * 1024;

/** The same bytes and settings give the same answer. @throws what opening the file throws, encoding_unknown */
export async function detect(input: InputFile, given: Given, position: Position): Promise<Detection> {
  return detectIn(await readSample(input, sampleBytes, position), given, position);
}

/** @throws encoding_unknown */
export function detectIn(sample: Sample, given: Given, position: Position = {}): Detection {
  const { encoding, evidence } =
    given.encoding === undefined
      ? chooseEncoding(sample, position)
      : { encoding: encodingOf(given.encoding, position), evidence: "as set" };
  const text = textOf(sample, encoding);
  const { choice, rows, comment, skip, header, evidence: about } = chooseLayout(withoutLines(text, given.skip ?? 0), given);
  return {
    encoding,
    dialect: { ...choice.trial, doubleQuote: given.doubleQuote ?? choice.trial.quote !== null, comment, skip, header },
    evidence: { encoding: evidence, ...choice.evidence, ...about },
    names: joined(rows.slice(0, header)),
    columns: choice.score.columns,
    rows,
    lineEnds: lineEndsOf(text),
  };
}

/** Without its last line when the file goes on behind the sample, unless there is only that one. */
function textOf({ bytes, isWhole }: Sample, encoding: string): string {
  const decode = decoderOf(encoding);
  const text = Buffer.from(decode === undefined ? bytes : decode(bytes, isWhole)).toString();
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const end = isWhole ? text.length : Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
  return text.slice(start, end > start ? end : text.length);
}

function withoutLines(text: string, count: number): string {
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = /\r\n|\n|\r/.exec(text.slice(at));
    if (end === null) return "";
    at += end.index + end[0].length;
  }
  return text.slice(at);
}

/** The names in a column's header rows, one behind the other. */
function joined(rows: readonly SampleRow[]): string[] {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length));
  return Array.from({ length: columns }, (_, i) =>
    rows
      .map(({ cells }) => cells[i] ?? "")
      .filter((name) => name !== "")
      .join(" "),
  );
}

function lineEndsOf(text: string): LineEnds {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const crlf = count(/\r\n/g);
  return { crlf, lf: count(/\n/g) - crlf, cr: count(/\r/g) - crlf };
}
