/** How likely letters are to follow each other in a language. */
import { letterPairs } from "./letters.ts";

export interface Language {
  /** The symbol of a folded letter: its number from 1. 0 is the edge of a word, -1 any other character. */
  symbolOf(letter: string): number;
  /** Symbols are below this. */
  size: number;
  /** The logarithm of the probability that symbol b follows symbol a, at a * size + b. */
  logs: Float32Array;
  /** Letters beyond ASCII that a text in the language can't do without. */
  required: readonly string[];
  isLatin: boolean;
}

const stepsPerNat = 8;
/** A pair of letters that the language never has costs no more than this, because foreign words occur in every text. */
const rarest = -9;
const unpacked = new Map<string, Language>();

export function languageOf(code: string): Language {
  const known = unpacked.get(code);
  if (known !== undefined) return known;
  const { letters, required, pairs } = letterPairs[code] as (typeof letterPairs)[string];
  const symbols = new Map([...letters].map((letter, i) => [letter, i + 1]));
  const logs = new Float32Array(pairs.length);
  for (let i = 0; i < logs.length; i++) logs[i] = Math.max(rarest, (35 - pairs.charCodeAt(i)) / stepsPerNat);
  const isLatin = symbols.has("e");
  if (isLatin) allowApostrophes(logs, symbols.get("'") as number, symbols.size + 1);
  const language: Language = {
    symbolOf: (letter) => symbols.get(letter) ?? -1,
    size: symbols.size + 1,
    logs,
    required: [...required],
    isLatin,
  };
  unpacked.set(code, language);
  return language;
}

/** Names and everyday texts have more apostrophes (the customer's, O'Brien, dell'arte) than the texts that the pairs were learned from. */
function allowApostrophes(logs: Float32Array, apostrophe: number, size: number): void {
  for (let symbol = 0; symbol < size; symbol++) {
    const [before, after] = [symbol * size + apostrophe, apostrophe * size + symbol];
    logs[before] = Math.max(logs[before] as number, -4);
    logs[after] = Math.max(logs[after] as number, -2.5);
  }
}

export const latinLanguages = (): string[] => Object.keys(letterPairs).filter((code) => languageOf(code).isLatin);
