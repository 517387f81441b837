/** Detects encoding and dialect from the start of a file, with the evidence in words. */
import type { Position } from "@tapline/sdk";
import { decoderOf } from "../source/decoder.ts";
import { encodingOf } from "../source/encoding.ts";
import { type InputFile, readSample, type Sample } from "../source/source.ts";
import type { Dialect, GivenDialect } from "./dialect.ts";
import { chooseEncoding, type EncodingChoice } from "./encoding.ts";
import { joinNames } from "./joined-names.ts";
import { chooseLayout } from "./layout.ts";
import type { SampleRow } from "./split.ts";

export interface Detection {
  encoding: string;
  dialect: Dialect;
  /** The reason for each part, in a few words. */
  evidence: Readonly<Record<keyof Dialect | "encoding", string>>;
  /** The names in the header, unchanged; the cells of several header rows are joined. Empty without a header. */
  names: readonly string[];
  /** The most common count of cells in a row. */
  columns: number;
  /** The rows of the sample after `skip`, with the header rows. */
  rows: readonly SampleRow[];
  lineEnds: LineEnds;
  /** Guesses that may be wrong, in words. */
  doubts: readonly string[];
}

/** How many lines of the sample end with each kind of line end. */
export interface LineEnds {
  crlf: number;
  lf: number;
  cr: number;
}

/** Has hundreds of rows in most files. Detection takes the same time for files of any size. */
const sampleBytes = 128 * 1024;

/**
 * The same bytes and settings always give the same result. `names`: columns that the config names.
 * @throws encoding_unknown and the errors of opening the file
 */
export async function detect(
  input: InputFile,
  given: GivenDialect,
  position: Position,
  names: ReadonlySet<string> = new Set(),
): Promise<Detection> {
  const sample = await readSample(input, sampleBytes, position);
  const choice =
    given.encoding === undefined
      ? await chooseEncoding(sample, position)
      : { encoding: encodingOf(given.encoding, position), evidence: "set in the config" };
  return detectIn(sample, given, choice, names);
}

export function detectIn(
  sample: Sample,
  given: GivenDialect,
  { encoding, evidence, doubt: encodingDoubt }: EncodingChoice,
  names: ReadonlySet<string> = new Set(),
): Detection {
  const text = textOf(sample, encoding);
  const {
    choice,
    rows,
    comment,
    skip,
    header,
    evidence: about,
    doubt,
  } = chooseLayout(startOf(withoutLines(text, given.skip ?? 0)), given, names);
  return {
    encoding,
    dialect: {
      ...choice.trial,
      doubleQuote: given.doubleQuote ?? choice.trial.quote !== null,
      comment,
      skip,
      header,
      trailingDelimiter: given.trailingDelimiter ?? choice.endsWithDelimiter,
    },
    evidence: { encoding: evidence, ...choice.evidence, ...about },
    names: joinNames(rows.slice(0, header).map(({ cells }) => cells)),
    columns: choice.score.columns,
    rows,
    lineEnds: lineEndsOf(text),
    doubts: [encodingDoubt, doubt && `line ${doubt.line}: ${doubt.words}`].filter((one) => one !== undefined),
  };
}

/** Leaves out the last line when the file is longer than the sample, unless it is the only line. */
function textOf({ bytes, isWhole }: Sample, encoding: string): string {
  const decode = decoderOf(encoding);
  const text = Buffer.from(decode === undefined ? bytes : decode(bytes, isWhole)).toString();
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const end = isWhole ? text.length : Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
  return text.slice(start, end > start ? end : text.length);
}

/** The layout is clear from some hundred rows; only the encoding needs more, because characters beyond ASCII may be rare. */
const layoutCharacters = 64 * 1024;

function startOf(text: string): string {
  if (text.length <= layoutCharacters) return text;
  const end = Math.max(text.lastIndexOf("\n", layoutCharacters), text.lastIndexOf("\r", layoutCharacters)) + 1;
  return end === 0 ? text : text.slice(0, end);
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

function lineEndsOf(text: string): LineEnds {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const crlf = count(/\r\n/g);
  return { crlf, lf: count(/\n/g) - crlf, cr: count(/\r/g) - crlf };
}
