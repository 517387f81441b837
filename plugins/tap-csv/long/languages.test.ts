/**
 * The encoding of files in 40 languages, each in every encoding of a list that holds it: the decoded text is the text that was
 * encoded, or a warning names the guess. Texts are names, addresses and words of faker's locales, from 20 to 20,000 bytes.
 * Covers: plugins/tap-csv/src/sniff, plugins/tap-csv/src/source, plugins/tap-csv/long
 */
import { expect, type TestContext, test } from "vitest";
import { chooseEncoding } from "../src/sniff/encoding.ts";
import { decoderOf } from "../src/source/decoder.ts";
import { isAscii, locales, pairs, type Texts, textsOf, western } from "./language-texts.ts";
import bars from "./languages.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const seed = 16;
const all = pairs();

/** In languages whose texts have so many in all, so that a file is not the same few words again and again. */
test("200 bytes beyond ASCII", async ({ task }: TestContext) => {
  const outcomes: Outcome[] = [];
  const enough = all.filter(({ texts, encode }) => texts.reduce((sum, text) => sum + marksIn(encode(text)), 0) >= 200);
  for (const pair of enough) for (let round = 0; round < 5; round++) outcomes.push(await look(pair, fileOf(pair, round, { marks: 200 })));
  const right = outcomes.filter((one) => one.isRight);
  const result = {
    ...summaryOf(outcomes),
    right: right.length / outcomes.length,
    right_without_warning: right.filter((one) => !one.isWarned).length / right.length,
  };
  task.meta.result = result;
  expect(result.right).toBeGreaterThanOrEqual(bars.marks_200.right);
  expect(result.right_without_warning).toBeGreaterThanOrEqual(bars.marks_200.right_without_warning);
});

test("one mark", async ({ task }: TestContext) => {
  const outcomes: Outcome[] = [];
  for (const pair of all) {
    const ones = pair.texts.filter((text) => marksIn(pair.encode(text)) === 1);
    const random = randomOf(seed);
    for (let round = 0; round < 20 && ones.length > 0; round++) {
      const one = ones[Math.floor(random() * ones.length)] as string;
      outcomes.push(await look(pair, fileOf(pair, round, { ascii: 5, last: one })));
    }
  }
  const westernOnes = outcomes.filter(({ encoding, locale }) => encoding === "windows-1252" && western.has(locale));
  const result = {
    ...summaryOf(outcomes),
    right_or_warned: share(outcomes, (one) => one.isRight || one.isWarned),
    western_windows_1252_right: share(westernOnes, (one) => one.isRight),
  };
  task.meta.result = result;
  expect(result.right_or_warned).toBeGreaterThanOrEqual(bars.one_mark.right_or_warned);
  expect(result.western_windows_1252_right).toBeGreaterThanOrEqual(bars.one_mark.western_windows_1252_right);
});

test("typographic signs in ASCII words, in windows-1252", async ({ task }: TestContext) => {
  const forms = ["’s", "’t", "’", "…", " – x", " — x", "™", "®", "”"];
  const outcomes: Outcome[] = [];
  for (const pair of all.filter(({ encoding, locale }) => encoding === "windows-1252" && western.has(locale))) {
    const words = pair.texts.filter((text) => /^[a-z]+$/i.test(text));
    for (const form of forms) {
      const signed = words.map((word) => (form === "”" ? `“${word}”` : word + form));
      for (const marks of [1, 2, 5, 20, 100]) outcomes.push(await look(pair, fileOf({ ...pair, texts: signed }, marks, { marks })));
    }
  }
  const result = { ...summaryOf(outcomes), right: share(outcomes, (one) => one.isRight) };
  task.meta.result = result;
  expect(result.right).toBeGreaterThanOrEqual(bars.signs.right);
});

test("UTF-8 and ASCII", async ({ task }: TestContext) => {
  const outcomes: Outcome[] = [];
  for (const locale of locales) {
    const pair = { locale, encoding: "utf-8", texts: textsOf(locale), encode: (text: string) => Buffer.from(text) };
    for (const bytes of sizes) outcomes.push(await look(pair, fileOf(pair, bytes, { bytes })));
    for (let round = 0; round < 20; round++) outcomes.push(await look(pair, fileOf(pair, round, { marks: 1 })));
  }
  const result = { ...summaryOf(outcomes), right: share(outcomes, (one) => one.isRight), warned: share(outcomes, (one) => one.isWarned) };
  task.meta.result = result;
  expect(result.right).toBeGreaterThanOrEqual(bars.utf_8.right);
  expect(result.warned).toBeLessThanOrEqual(bars.utf_8.warned);
});

const sizes = [20, 50, 100, 200, 500, 2_000, 5_000, 20_000];

test("20 to 20,000 bytes", async ({ task }: TestContext) => {
  const bySize: Record<string, { right: number; right_or_warned: number }> = {};
  const outcomes: Outcome[] = [];
  for (const bytes of sizes) {
    const ofSize: Outcome[] = [];
    for (const pair of all) ofSize.push(await look(pair, fileOf(pair, bytes, { bytes })));
    bySize[bytes] = { right: share(ofSize, (one) => one.isRight), right_or_warned: share(ofSize, (one) => one.isRight || one.isWarned) };
    outcomes.push(...ofSize);
  }
  const result = { ...summaryOf(outcomes), by_bytes: bySize, right_or_warned: share(outcomes, (one) => one.isRight || one.isWarned) };
  task.meta.result = result;
  expect(result.right_or_warned).toBeGreaterThanOrEqual(bars.any_size.right_or_warned);
});

interface Outcome {
  locale: string;
  encoding: string;
  chosen: string;
  isRight: boolean;
  isWarned: boolean;
}

async function look({ locale, encoding, encode }: Texts, text: string): Promise<Outcome> {
  const bytes = encode(text);
  const found = await chooseEncoding({ bytes, isWhole: true, later: [] }, {});
  const decoded = Buffer.from(decoderOf(found.encoding)?.(bytes, true) ?? bytes).toString();
  return { locale, encoding, chosen: found.encoding, isRight: decoded === text, isWarned: found.doubt !== undefined };
}

interface Wanted {
  /** At least so many bytes beyond ASCII. */
  marks?: number;
  /** At most so many bytes. */
  bytes?: number;
  /** So many rows that are ASCII. */
  ascii?: number;
  last?: string;
}

/** A table of two columns of texts. */
function fileOf({ texts, encode }: Texts, round: number, { marks, bytes, ascii = 0, last }: Wanted): string {
  const random = randomOf(seed + round * 7919);
  const pick = (from: readonly string[]): string => (from[Math.floor(random() * from.length)] as string).replaceAll(",", "");
  const plain = texts.filter(isAscii);
  let file = "id,name,city\r\n";
  for (let row = 1; row <= ascii && plain.length > 0; row++) file += `${row},${pick(plain)},${pick(plain)}\r\n`;
  if (last !== undefined) return `${file}${ascii + 1},${last.replaceAll(",", "")},\r\n`;
  if (marks !== undefined)
    for (let row = 1, found = 0; found < marks && row < 5000; row++) {
      const line = `${row},${pick(texts)},${pick(texts)}\r\n`;
      file += line;
      found += marksIn(encode(line));
    }
  if (bytes !== undefined) {
    file = "";
    for (let size = 0; size < bytes; ) {
      const line = `${pick(texts)},${pick(texts)}\r\n`;
      if (file !== "" && size + encode(line).length > bytes) break;
      file += line;
      size += encode(line).length;
    }
  }
  return file;
}

const marksIn = (bytes: Uint8Array): number => bytes.filter((byte) => byte >= 0x80).length;

const share = (outcomes: readonly Outcome[], isCounted: (one: Outcome) => boolean): number =>
  outcomes.filter(isCounted).length / outcomes.length;

function summaryOf(outcomes: readonly Outcome[]) {
  const wrong = new Map<string, number>();
  for (const { locale, encoding, chosen, isRight, isWarned } of outcomes) {
    const key = `${locale} in ${encoding} read as ${chosen}${isWarned ? ", with a warning" : ""}`;
    if (!isRight) wrong.set(key, (wrong.get(key) ?? 0) + 1);
  }
  const silent = [...wrong].filter(([key]) => !key.endsWith("warning"));
  return {
    seed,
    files: outcomes.length,
    languages: new Set(outcomes.map(({ locale }) => locale)).size,
    encodings: new Set(outcomes.map(({ encoding }) => encoding)).size,
    wrong: [...wrong.values()].reduce((sum, count) => sum + count, 0),
    wrong_without_warning: Object.fromEntries(silent.slice(0, 20)),
  };
}

/** mulberry32 */
function randomOf(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
