/** How likely a sample is in an encoding of one to four bytes a character. */
import { eastAsianCandidates } from "./candidates.ts";
import { frequentCharacters } from "./letters.ts";
import type { Reading } from "./single-byte.ts";

/** Logarithms of probabilities a character, on the scale of `single-byte.ts`. */
const cost = {
  invalid: -14,
  kana: -4.6,
  kanaElsewhere: -10,
  punctuation: -5.5,
  fullWidth: -7,
  halfWidthKana: -7.5,
  frequent: -6.3,
  usual: -8.8,
  rare: -11.5,
  other: -11,
  asciiLetter: -3.2,
  /** An ASCII letter beside another character. */
  border: -5,
};

export function readEastAsian(runs: readonly Buffer[]): Reading[] {
  return eastAsianCandidates.flatMap(({ encoding, rarity, languages }) => {
    const decoder = new TextDecoder(encoding);
    const texts = runs.map((run) => decoder.decode(run));
    return languages.map((language, i) => {
      const price = priceIn(language);
      // A language that the encoding was not made for needs more evidence.
      const score = texts.reduce((sum, text) => sum + scoreOf(text, price), -rarity - (i === 0 ? 0 : 4));
      return { encoding, language, score };
    });
  });
}

function scoreOf(text: string, price: (character: string) => number): number {
  let score = 0;
  let isBefore: "letter" | "character" | "other" = "other";
  for (const character of text) {
    const isAscii = character <= "\x7f";
    const isLetter = isAscii && /[a-z]/i.test(character);
    if (isLetter) score += cost.asciiLetter;
    else if (!isAscii) score += price(character);
    if ((isLetter && isBefore === "character") || (!isAscii && isBefore === "letter")) score += cost.border;
    isBefore = isLetter ? "letter" : isAscii ? "other" : "character";
  }
  return score;
}

const prices = new Map<string, (character: string) => number>();

function priceIn(language: string): (character: string) => number {
  const known = prices.get(language);
  if (known !== undefined) return known;
  const frequent = new Set(frequentCharacters[language]);
  const usual = usualCharacters(language);
  const price = (character: string): number => {
    if (character === "\uFFFD") return cost.invalid;
    if (/[\u3041-\u3096\u30a1-\u30fa\u30fc]/.test(character)) return language === "ja" ? cost.kana : cost.kanaElsewhere;
    if (/[、。，・「」（）：；！？《》“”\u3000]/.test(character)) return cost.punctuation;
    if (/[\uff61-\uff9f]/.test(character)) return cost.halfWidthKana;
    if (frequent.has(character)) return cost.frequent;
    if (usual.has(character)) return cost.usual;
    if (/[\u3400-\u9fff\uac00-\ud7a3]/.test(character)) return cost.rare;
    return /[\uff01-\uff5e]/.test(character) ? cost.fullWidth : cost.other;
  };
  prices.set(language, price);
  return price;
}

/** The first level of the national character set, which holds the characters of everyday text. */
const firstLevels: Readonly<Record<string, readonly [encoding: string, firstLead: number, lastLead: number]>> = {
  ja: ["euc-jp", 0xb0, 0xcf],
  "zh-Hans": ["gb18030", 0xb0, 0xd7],
  "zh-Hant": ["big5", 0xa4, 0xc6],
  ko: ["euc-kr", 0xb0, 0xc8],
};

function usualCharacters(language: string): Set<string> {
  const [encoding, firstLead, lastLead] = firstLevels[language] as [string, number, number];
  const pairs: number[] = [];
  for (let lead = firstLead; lead <= lastLead; lead++)
    for (let trail = encoding === "big5" ? 0x40 : 0xa1; trail < 0xff; trail++) if (trail < 0x7f || trail > 0xa0) pairs.push(lead, trail);
  return new Set(new TextDecoder(encoding).decode(Uint8Array.from(pairs)));
}
