/** Detects the encoding of a sample: by byte order mark, the byte pattern of UTF-16, valid UTF-8, else the most likely older encoding. */

import { isAscii, isUtf8 } from "node:buffer";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { decoderOf } from "../source/encoding.ts";
import type { Sample } from "../source/source.ts";

export interface EncodingChoice {
  readonly encoding: string;
  readonly evidence: string;
}

/** @throws encoding_unknown for UTF-32, which is recognized but not supported */
export function chooseEncoding({ bytes, isWhole, later }: Sample, position: Position): EncodingChoice {
  const marked = byMark(bytes, position);
  if (marked !== undefined) return { encoding: marked, evidence: "the file begins with its byte order mark" };
  const wide = byZeros(bytes);
  if (wide !== undefined) return wide;
  const text = isWhole ? bytes : withoutCutCharacter(bytes);
  if (!isUtf8(text)) return mostLikely(text);
  if (!isAscii(text)) return { encoding: "utf-8", evidence: "all bytes of the sample are valid UTF-8" };
  const other = later.map((piece) => withoutCutCharacter(withoutCutStart(piece))).find((piece) => !isUtf8(piece));
  if (other !== undefined) return mostLikely(other);
  const isSeen = later.some((piece) => !isAscii(piece));
  return {
    encoding: "utf-8",
    evidence: isSeen ? "characters beyond ASCII later in the file are valid UTF-8" : "the sample has only ASCII characters",
  };
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

const kana = /[\u3040-\u30ff、。]/u;

/** The most common letters beyond ASCII in the languages of each encoding. Earlier ones win a tie. */
const common: readonly (readonly [encoding: string, letters: RegExp])[] = [
  ["windows-1252", /[éèêëàâäáãåæçîïíñôöóõøœùûüúßÉÈÀÂÄÁÅÆÇÍÑÖÓØÜÚ€£°§«»’‘“”–—…ªº®©™²³µ½¿¡·´]/u],
  ["windows-1250", /[ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉÍŘŠŤÚŽőűŐŰöüÖÜäÄßșşţăâîđĐ€§°„”“’–—…]/u],
  ["windows-1251", /[а-яёА-ЯЁіїєґІЇЄҐ№«»“”–—…]/u],
  ["koi8-r", /[а-яёА-ЯЁ]/u],
  ["windows-1253", /[α-ωΑ-Ωάέήίόύώϊϋ€«»’–—…]/u],
  ["windows-1254", /[ğşıİĞŞçöüÇÖÜâîû€’“”–—…]/u],
  ["windows-1257", /[āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽąęėįųĄĘĖĮŲõäöüÕÄÖÜ€„“”–—…]/u],
  ["windows-1255", /[א-ת₪]/u],
  ["windows-1256", /[ء-ي،؟]/u],
  ["macintosh", /[éèêëàâäáãåçîïíñôöóõøùûüúßÉÀÄÅÇÖÜ€£’“”–—…]/u],
  ["shift_jis", kana],
  ["euc-jp", kana],
  [
    "gb18030",
    /[，。、的一是不了在人有我他这中大来上个国到说们为子和你地出也时年得就那要下以生会自之过家学对可里后小心多天而能好都日于发成事作当文无开手十用主行方前所本见经头面公同三已老从动两长]/u,
  ],
  [
    "big5",
    /[，。、的一是不了在人有我他這中大來上個國到說們為子和你地出也時年得就那要下以生會自之過家學對可後小心多天而能好都日於發成事作當文無開手十用主行方前所本見經頭面公同三已老從動兩長]/u,
  ],
  ["euc-kr", /[\uac00-\ud7a3]/u],
];

const isDoubleByte = (encoding: string): boolean => !encoding.includes("-") || encoding.startsWith("euc-");

function mostLikely(bytes: Uint8Array): EncodingChoice {
  const scored = common.map(([encoding, letters]) => ({ encoding, ...fit(bytes, encoding, letters) }));
  const sorted = scored.toSorted((a, b) => b.score - a.score);
  const [best, next] = sorted as [(typeof sorted)[number], (typeof sorted)[number]];
  const firstBad = bytes.find((byte) => byte >= 0x80) ?? 0;
  return {
    encoding: best.encoding,
    evidence:
      `a guess: the sample is not UTF-8 (it has a byte 0x${firstBad.toString(16).toUpperCase()}), and ${best.encoding} gives the most likely text` +
      `${best.examples === "" ? "" : `, with ${best.examples}`}; score ${best.score.toFixed(2)}, next best is ${next.encoding} with ${next.score.toFixed(2)}`,
  };
}

/** The score, from -3 to 1: the share of characters beyond ASCII that are common letters in plausible positions. */
function fit(bytes: Uint8Array, encoding: string, letters: RegExp): { score: number; examples: string } {
  const text = Buffer.from(decoderOf(encoding)?.(bytes, true) ?? bytes).toString();
  const seen = new Map<string, number>();
  let [sum, count] = [0, 0];
  const characters = [...text];
  for (const [i, letter] of characters.entries()) {
    if (letter <= "\x7f") continue;
    count++;
    const worth = worthOf(letter, characters[i - 1] ?? "", characters[i + 1] ?? "", letters);
    if (worth > 0.5) seen.set(letter, (seen.get(letter) ?? 0) + 1);
    sum += worth;
  }
  const examples = [...seen].sort((a, b) => b[1] - a[1]).slice(0, 5);
  // Characters of two bytes come in runs; the accented letters of Western languages are mostly single.
  const share = isDoubleByte(encoding) && encoding !== "macintosh" ? shareInRuns(bytes) : 1;
  return { score: count === 0 ? 0 : (sum / count) * share, examples: examples.map(([letter]) => letter).join(" ") };
}

function worthOf(letter: string, before: string, after: string, letters: RegExp): number {
  if (letter === "\uFFFD") return -3;
  if (!letters.test(letter)) return /[\u4e00-\u9fff]/u.test(letter) ? 0.5 : -0.3;
  // A capital letter or a sign right after a small letter is typical of a wrong code page.
  if (/\p{Ll}/u.test(before) && /[\p{Lu}\p{S}\p{N}]/u.test(letter)) return -0.5;
  if (/[a-z]/i.test(before + after) && /[\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/u.test(letter)) return -0.5;
  return /[\p{Ll}\p{Lo}]/u.test(letter) ? 1 : 0.9;
}

function shareInRuns(bytes: Uint8Array): number {
  let [high, inRuns] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] as number) < 0x80) continue;
    high++;
    if ((bytes[i - 1] ?? 0) >= 0x80 || (bytes[i + 1] ?? 0) >= 0x80) inRuns++;
  }
  return high === 0 ? 0 : inRuns / high;
}
