/** Texts of many languages, from the locales of faker, and the encodings that hold them. */
import { allLocales } from "@faker-js/faker";
import iconv from "iconv-lite";

/** A locale of faker for each of 40 languages. */
export const locales = [
  ...["en", "da", "de", "es", "fr", "it", "nl", "nb_NO", "sv", "fi", "pt_BR", "id_ID", "cy", "af_ZA"],
  ...["eo", "cs_CZ", "hr", "hu", "pl", "ro", "sk", "sl_SI", "sr_RS_latin", "lv", "tr", "az", "ku_kmr_latin", "vi"],
  ...["ru", "uk", "mk", "el", "ar", "fa", "he", "th", "ja", "ko", "zh_CN", "zh_TW"],
] as const;

export const western: ReadonlySet<string> = new Set(locales.slice(0, 14));

/** By our name, iconv-lite's. */
const singleByte: Readonly<Record<string, string>> = {
  ...Object.fromEntries([1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257].map((page) => [`windows-${page}`, `win${page}`])),
  "windows-874": "win874",
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15].map((part) => [`iso-8859-${part}`, `iso8859${part}`])),
  "koi8-r": "koi8-r",
  "koi8-u": "koi8-u",
  ibm866: "cp866",
  macintosh: "macroman",
  "x-mac-cyrillic": "maccyrillic",
  ...Object.fromEntries([437, 850, 852, 858].map((page) => [`cp${page}`, `cp${page}`])),
};

const eastAsian: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ja: { shift_jis: "cp932", "euc-jp": "euc-jp" },
  ko: { "euc-kr": "cp949" },
  zh_CN: { gb18030: "gb18030" },
  zh_TW: { big5: "cp950" },
};

const arabic = new Set(["ar", "fa"]);

export interface Texts {
  locale: string;
  encoding: string;
  texts: readonly string[];
  encode(text: string): Buffer;
}

/**
 * Each language in each old encoding that holds at least 98 in 100 of its texts. East Asian encodings are paired with the languages
 * they are for, and windows-1256 with those in Arabic script, although they hold many Western letters too. Left out are texts with a
 * letter that is rare in the locale, and iso-8859-16: a foreign name, or the same bytes for two forms of a Romanian letter, would
 * be the only difference between two encodings.
 */
export function pairs(): Texts[] {
  return locales.flatMap((locale) => {
    const all = textsOf(locale);
    return Object.entries(eastAsian[locale] ?? singleByte)
      .filter(([encoding]) => encoding !== "windows-1256" || arabic.has(locale))
      .map(([encoding, name]) => ({ locale, encoding, encode: (text: string) => iconv.encode(text, name), ...held(all, name) }))
      .filter(({ texts }) => texts.length >= all.length * 0.98 && texts.some((text) => !isAscii(text)));
  });
}

function held(all: readonly string[], name: string): { texts: string[] } {
  return { texts: all.filter((text) => iconv.decode(iconv.encode(text, name), name) === text) };
}

export const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

/** Names, addresses, words, products: all short texts of a locale. */
export function textsOf(locale: (typeof locales)[number]): string[] {
  const { metadata: _, internet: __, ...parts } = allLocales[locale];
  const all = [...new Set(stringsIn(parts))].filter((text) => text.length < 60 && !/[{}#]|^https?:/.test(text));
  const usual = usualLetters(all);
  return all.filter((text) => [...text].every((letter) => letter <= "\x7f" || usual.has(letter)));
}

const stringsIn = (value: unknown): string[] =>
  typeof value === "string"
    ? [value.normalize("NFC")]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(stringsIn)
      : [];

/** Characters beyond ASCII in at least one in fifty of the texts that have any; in East Asia, all. */
function usualLetters(all: readonly string[]): Set<string> {
  const beyond = all.filter((text) => !isAscii(text));
  const counts = new Map<string, number>();
  for (const text of beyond) for (const letter of new Set(text)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const isUsual = ([letter, count]: [string, number]): boolean =>
    /[\u3000-\u9fff\uac00-\uffef]/.test(letter) || count >= beyond.length / 50;
  return new Set([...counts].filter(isUsual).map(([letter]) => letter));
}
