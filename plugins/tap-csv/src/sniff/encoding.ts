/** Detects the encoding of a sample: by byte order mark, the byte pattern of UTF-16, valid UTF-8, else by a guess from its words. */

import { isAscii, isUtf8 } from "node:buffer";
import { formatNumber, type Position } from "@tapline/sdk";
import { errors, shorten } from "../errors.ts";
import type { Sample } from "../source/source.ts";
import type { Guess } from "./guess/guess.ts";

export interface EncodingChoice {
  readonly encoding: string;
  readonly evidence: string;
  /** Set for a guess that may well be wrong: its place, the runner-up and the setting, for a warning. */
  readonly doubt?: string | undefined;
}

/** @throws encoding_unknown for UTF-32, which is recognized but not supported */
export async function chooseEncoding({ bytes, isWhole, later, laterOffsets = [] }: Sample, position: Position): Promise<EncodingChoice> {
  const marked = byMark(bytes, position);
  if (marked !== undefined) return { encoding: marked, evidence: "the file begins with its byte order mark" };
  const wide = byZeros(bytes);
  if (wide !== undefined) return wide;
  const text = isWhole ? bytes : withoutCutCharacter(bytes);
  if (!isAscii(text)) return byUtf8(text) ?? guess(text, ...placeIn(text));
  if (hasJapaneseEscape(text))
    return { encoding: "iso-2022-jp", evidence: "the sample switches between ASCII and Japanese by escape sequences" };
  const pieces = later.map((piece) => withoutCutCharacter(withoutCutStart(piece)));
  const first = pieces.findIndex((piece) => !isAscii(piece));
  if (first < 0) return { encoding: "utf-8", evidence: "the sample has only ASCII characters" };
  const all = Buffer.concat(pieces);
  const offset = laterOffsets[first];
  const place = offset === undefined ? "a later part" : `byte ${formatNumber(offset + (later[first] as Uint8Array).findIndex(isHigh))}`;
  return byUtf8(all) ?? guess(all, place);
}

const isHigh = (byte: number): boolean => byte >= 0x80;

/** Text in an older encoding hardly ever has a pair of bytes that is valid UTF-8, so a few damaged bytes do not count against UTF-8. */
const minValidShare = 0.75;

function byUtf8(text: Uint8Array): EncodingChoice | undefined {
  if (isUtf8(text)) return { encoding: "utf-8", evidence: "all multi-byte characters of the sample are valid UTF-8" };
  const decoded = new TextDecoder().decode(text);
  const written = Buffer.from(text).toString("latin1").split("\xef\xbf\xbd").length - 1;
  const invalid = (decoded.match(/\uFFFD/g)?.length ?? 0) - written;
  const valid = (decoded.match(/[^\0-\x7f]/gu)?.length ?? 0) - invalid;
  if (valid < (valid + invalid) * minValidShare) return;
  return {
    encoding: "utf-8",
    evidence: `${formatNumber(valid)} of ${formatNumber(valid + invalid)} multi-byte characters of the sample are valid UTF-8 (the others are up to bad_bytes)`,
  };
}

/** Measured by the languages suite: no wrong guess with so few bytes beyond ASCII has a margin above the first, and few others one above the second. */
const minMargin = { few: 17, many: 10 };
const fewMarks = 8;

/** The tables of languages take a tenth of a second to load, so only a file that needs them pays for that. */
async function guess(bytes: Uint8Array, place: string, character = ""): Promise<EncodingChoice> {
  const { guessEncoding } = await import("./guess/guess.ts");
  const found = guessEncoding(bytes);
  const byte = `0x${(bytes.find(isHigh) as number).toString(16).toUpperCase()}`;
  const [chosen, other] = (found.words ?? []).map((word) => JSON.stringify(shorten(word)));
  const isWeak = found.margin < (found.marks < fewMarks ? minMargin.few : minMargin.many) && found.words !== undefined;
  const evidence = evidenceOf(found, `byte ${byte}, ${place}`, chosen, other);
  if (!isWeak) return { encoding: found.encoding, evidence: `a guess: ${evidence}` };
  return {
    encoding: found.encoding,
    evidence: `a weak guess: ${evidence}`,
    doubt: `${place}: the encoding is a weak guess: ${found.encoding}, else ${found.runnerUp}, which would make ${other} of ${chosen}; the first byte beyond ASCII is ${byte}${character}. To be sure, set encoding`,
  };
}

function evidenceOf({ encoding, runnerUp }: Guess, place: string, chosen?: string, other?: string): string {
  const examples = chosen === undefined ? "" : ` (${chosen}; next best ${runnerUp}: ${other})`;
  return `the sample is not UTF-8 (${place}), and ${encoding} gives the likeliest words${examples}`;
}

function placeIn(bytes: Uint8Array): [line: string, character: string] {
  const before = Buffer.from(bytes.subarray(0, bytes.findIndex(isHigh))).toString("latin1");
  const lines = before.split(/\r\n|\n|\r/);
  return [`line ${formatNumber(lines.length)}`, ` at character ${formatNumber((lines.at(-1) as string).length + 1)}`];
}

/** ISO-2022-JP: ESC $ B, ESC $ @ or ESC ( J. */
function hasJapaneseEscape(text: Uint8Array): boolean {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return ["\x1b$B", "\x1b$@", "\x1b(J"].some((sequence) => bytes.includes(sequence));
}

function byMark([a, b, c, d]: Uint8Array, position: Position): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    throw errors.encoding_unknown({ encoding: "UTF-32" }, position);
  }
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

/** In UTF-16, delimiters and line ends have a zero byte, always on the same side. */
function byZeros(bytes: Uint8Array): EncodingChoice | undefined {
  if (!bytes.includes(0)) return undefined;
  const zeros: [number, number] = [0, 0];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros[i & 1 ? 1 : 0]++;
  const [even, odd] = zeros;
  const evidence = `${even + odd} of ${bytes.length} bytes are zero, ${Math.max(even, odd)} of them on the same side of a pair`;
  if (odd * 10 > bytes.length && even * 10 < odd) return { encoding: "utf-16le", evidence };
  return even * 10 > bytes.length && odd * 10 < even ? { encoding: "utf-16be", evidence } : undefined;
}

function withoutCutStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start);
}

/** The sample may end in the middle of a character. */
function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && ((bytes[end - 1] as number) & 0xc0) === 0x80) end--;
  return ((bytes[end - 1] ?? 0) & 0xc0) === 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}
