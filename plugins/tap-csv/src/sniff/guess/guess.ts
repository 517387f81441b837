/** Which of the old encodings bytes are in that are not UTF-8: the one in which their words are likeliest as words of a language. */
import { decoderOf } from "../../source/decoder.ts";
import { readEastAsian } from "./east-asian.ts";
import { type Reading, readSingleBytes } from "./single-byte.ts";
import { distinctWords, isLetterByte, isRunByte } from "./words.ts";

export interface Guess {
  encoding: string;
  /** The likeliest encoding that gives another text. */
  runnerUp: string;
  /** The first word that the two read differently, read as each of them. */
  words: readonly [chosen: string, runnerUp: string] | undefined;
  /** Bytes beyond ASCII in distinct words: how much the guess rests on. */
  marks: number;
  /** The logarithm of how much likelier the choice is than the runner-up. */
  margin: number;
}

/** Only the first of them is looked at. */
const maxBytes = 64 * 1024;

export function guessEncoding(all: Uint8Array): Guess {
  const bytes = all.subarray(0, maxBytes);
  const words = distinctWords(bytes, isLetterByte);
  const runs = distinctWords(bytes, isRunByte);
  const readings = [...readSingleBytes(words), ...readEastAsian(runs)].toSorted((a, b) => b.score - a.score);
  const best = readings[0] as Reading;
  const differing = differingRun(runs, best.encoding);
  const other = readings.find(({ encoding }) => differing(encoding) !== undefined) ?? best;
  return {
    encoding: best.encoding,
    runnerUp: other.encoding,
    words: differing(other.encoding),
    marks: words.reduce((sum, word) => sum + word.filter((byte) => byte >= 0x80).length, 0),
    margin: best.score - other.score,
  };
}

/** Finds the first run of bytes that another encoding reads differently, and both readings. */
function differingRun(runs: readonly Buffer[], chosen: string): (encoding: string) => [string, string] | undefined {
  const separator = Buffer.of(0x0a);
  const all = Buffer.concat(runs.flatMap((run) => [run, separator]));
  const linesOf = (encoding: string): string[] =>
    Buffer.from(decoderOf(encoding)?.(all, true) ?? all)
      .toString()
      .split("\n");
  const lines = linesOf(chosen);
  return (encoding) => {
    const others = linesOf(encoding);
    const at = lines.findIndex((line, i) => line !== others[i]);
    return at < 0 ? undefined : [lines[at] as string, others[at] ?? ""];
  };
}
