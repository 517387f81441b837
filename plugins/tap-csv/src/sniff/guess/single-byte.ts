/** How likely words are in an encoding of one byte a character, read as a language. */
import { charactersOf } from "../../source/decoder.ts";
import { type Candidate, singleByteCandidates } from "./candidates.ts";
import { fold } from "./fold.ts";
import { type Language, languageOf, latinLanguages } from "./language.ts";

/** What each of the 256 bytes is in an encoding. */
interface Alphabet {
  /** The letter in its folded form; undefined for other characters. */
  letters: (string | undefined)[];
  /** All the letters beyond ASCII. */
  own: ReadonlySet<string>;
  isLatin: boolean[];
  /** The logarithm of the probability of a character that is not a letter. */
  costs: Float32Array;
  kinds: Uint8Array;
}

/** An alphabet as a language uses it. */
interface Spelling {
  language: Language;
  kinds: Uint8Array;
  symbols: Int16Array;
  /** The logarithm of the probability of a byte that is not a letter of the language. */
  costs: Float32Array;
}

const [edge, lower, upper, caseless, quote, sign] = [0, 1, 2, 3, 4, 5];

/** Logarithms of probabilities, set so that the languages suite passes. */
const cost = {
  /** A byte that the encoding leaves unassigned, or a control character. */
  unassigned: -14,
  usualSign: -6,
  otherSign: -9,
  boxDrawing: -11,
  asciiLetter: -6,
  foreignLetter: -9,
  otherScript: -12,
  /** A letter after a character that is not a letter of the language. */
  afterForeign: -4,
  /** A capital letter after a small one. */
  capitalInside: -4,
  signInside: -4,
  signBeside: -5,
};

const usualSigns = new Set("’‘“”„‚–—…•°€£§©®™«»ºª½¼¾²³µ·´×№¡¿\u00a0");
/** Signs that often stand at the edge of a word, but not inside it. */
const opening = new Set("“”„‚«»¡¿‘");
/** Signs that often touch words on both sides. */
const touching = new Set("–—…™®·°\u00a0");

export interface Reading {
  encoding: string;
  language: string;
  score: number;
}

/** For each candidate encoding its best language. A word may also be of another language, at a price: names cross borders. */
export function readSingleBytes(words: readonly Buffer[]): Reading[] {
  const used = [...new Set(words.flatMap((word) => [...word]))].filter((byte) => byte >= 0x80);
  return singleByteCandidates.map((candidate) => {
    const { encoding, rarity } = candidate;
    const spellings = spellingsOf(candidate, used);
    const scores = [...spellings.values()].map((spelling) => Float64Array.from(words, (word) => scoreOf(word, spelling)));
    const best = words.map((_, word) => Math.max(...scores.map((one) => one[word] as number)));
    const sums = scores.map((one) =>
      one.reduce((sum, score, word) => sum + Math.max(score, (best[word] as number) - foreignWord), -rarity),
    );
    const score = Math.max(...sums);
    return { encoding, language: [...spellings.keys()][sums.indexOf(score)] as string, score };
  });
}

const foreignWord = 4;
const alphabets = new Map<string, Alphabet>();

/** `used`: the bytes beyond ASCII that the words have. */
function spellingsOf({ encoding, languages }: Candidate, used: readonly number[]): Map<string, Spelling> {
  const alphabet = alphabets.get(encoding) ?? alphabetOf(charactersOf(encoding));
  alphabets.set(encoding, alphabet);
  const holds = (code: string): boolean => languageOf(code).required.every((letter) => alphabet.own.has(letter));
  const tried = languages.flatMap((one) => (one === "latin" ? latinLanguages().filter(holds) : [one]));
  return new Map(tried.map((code) => [code, spellingOf(alphabet, code, used)]));
}

function alphabetOf(characters: readonly (string | undefined)[]): Alphabet {
  const meanings = characters.map(meaningOf);
  const letters = meanings.map(({ letter }) => letter);
  return {
    letters,
    own: new Set(letters.filter((letter) => letter !== undefined && letter > "\x7f") as string[]),
    isLatin: meanings.map(({ isLatin }) => isLatin),
    costs: Float32Array.from(meanings, ({ price }) => price),
    kinds: Uint8Array.from(meanings, ({ kind }) => kind),
  };
}

interface Meaning {
  letter?: string;
  isLatin: boolean;
  price: number;
  kind: number;
}

const meanings = new Map<string | undefined, Meaning>();

/** Encodings have most characters in common. */
function meaningOf(character: string | undefined): Meaning {
  const known = meanings.get(character);
  if (known !== undefined) return known;
  const found = findMeaning(character);
  const meaning = { ...found, isLatin: found.letter !== undefined && /\p{Script=Latin}/u.test(found.letter) };
  meanings.set(character, meaning);
  return meaning;
}

function findMeaning(character: string | undefined): Omit<Meaning, "isLatin"> {
  if (character === undefined || /[\u0080-\u009f]/.test(character)) return { price: cost.unassigned, kind: sign };
  if (character === "'" || character === "’") return { letter: "'", price: cost.usualSign, kind: caseless };
  if (/[ªºµ]/.test(character)) return { price: cost.usualSign, kind: caseless };
  if (/[\p{L}\p{M}]/u.test(character)) {
    const kind = /\p{Ll}/u.test(character) ? lower : /\p{Lu}/u.test(character) ? upper : caseless;
    return { letter: fold(character), price: 0, kind };
  }
  if (character <= "\x7f") return { price: 0, kind: edge };
  return { price: signCost(character), kind: opening.has(character) ? quote : touching.has(character) ? caseless : sign };
}

const asciiSpellings = new Map<string, Pick<Spelling, "symbols" | "costs">>();

/** The bytes of ASCII mean the same in all encodings; of the others only those in `used` are needed. */
function spellingOf(alphabet: Alphabet, code: string, used: readonly number[]): Spelling {
  const language = languageOf(code);
  let ascii = asciiSpellings.get(code);
  if (ascii === undefined) {
    ascii = { symbols: new Int16Array(256).fill(-1), costs: new Float32Array(256) };
    for (let byte = 0; byte < 0x80; byte++) spell(byte, alphabet, language, ascii);
    asciiSpellings.set(code, ascii);
  }
  const [symbols, costs] = [ascii.symbols.slice(), ascii.costs.slice()];
  for (const byte of used) spell(byte, alphabet, language, { symbols, costs });
  return { language, kinds: alphabet.kinds, symbols, costs };
}

function spell(
  byte: number,
  { letters, isLatin, costs, kinds }: Alphabet,
  language: Language,
  into: Pick<Spelling, "symbols" | "costs">,
): void {
  into.costs[byte] = costs[byte] as number;
  const letter = letters[byte];
  if (letter !== undefined) {
    into.symbols[byte] = language.symbolOf(letter);
    if (letter === "'") return;
    into.costs[byte] =
      byte < 0x80 ? cost.asciiLetter : language.isLatin && (isLatin[byte] as boolean) ? cost.foreignLetter : cost.otherScript;
  } else if (kinds[byte] === edge) into.symbols[byte] = 0;
}

function signCost(character: string): number {
  if (usualSigns.has(character)) return cost.usualSign;
  return /[\u2500-\u259f]/.test(character) ? cost.boxDrawing : cost.otherSign;
}

function scoreOf(word: Buffer, { language: { size, logs }, symbols, costs, kinds }: Spelling): number {
  let score = 0;
  let before = 0;
  let kindBefore: number = edge;
  for (let at = 0; at < word.length; at++) {
    const byte = word[at] as number;
    const symbol = symbols[byte] as number;
    const kind = kinds[byte] as number;
    if (symbol < 0) score += costs[byte] as number;
    else score += before < 0 ? cost.afterForeign : (logs[before * size + symbol] as number);
    if (kind === upper && kindBefore === lower) score += cost.capitalInside;
    if (kind === quote && kindBefore !== edge && at + 1 < word.length) score += cost.signInside;
    if (kind === sign) {
      const isAfterLetter = kindBefore !== edge && kindBefore !== sign;
      const isBeforeLetter = at + 1 < word.length && kinds[word[at + 1] as number] !== sign;
      if (isAfterLetter && isBeforeLetter) score += cost.signInside;
      if (isAfterLetter || isBeforeLetter) score += cost.signBeside;
    }
    before = symbol < 0 && kind >= caseless ? 0 : symbol;
    kindBefore = kind;
  }
  return before > 0 ? score + (logs[before * size] as number) : score;
}
