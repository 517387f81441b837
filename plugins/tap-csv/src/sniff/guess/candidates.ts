/** The encodings that a guess chooses from, with the languages they were made for and how rare they are. */

export interface Candidate {
  encoding: string;
  /** Subtracted from the logarithm of the probability: the rarer the encoding is in files, the more evidence it needs. */
  rarity: number;
  /** Languages to try. "latin": every language with Latin letters whose own letters the encoding has. */
  languages: readonly (string | "latin")[];
}

const cyrillic = ["ru", "uk", "be", "bg", "mk", "sr"];
const candidate = (encoding: string, rarity: number, ...languages: string[]): Candidate => ({ encoding, rarity, languages });

/** In the order of preference where two give the same text. */
export const singleByteCandidates: readonly Candidate[] = [
  candidate("windows-1252", 0, "latin"),
  candidate("windows-1250", 7, "latin"),
  candidate("windows-1251", 7, ...cyrillic),
  candidate("windows-1253", 7, "el"),
  candidate("windows-1254", 7, "latin"),
  candidate("windows-1255", 8, "he"),
  candidate("windows-1256", 8, "ar", "fa", "ur", "latin"),
  candidate("windows-1257", 8, "latin"),
  candidate("windows-874", 8, "th"),
  candidate("iso-8859-15", 7, "latin"),
  candidate("iso-8859-2", 9, "latin"),
  candidate("iso-8859-7", 8, "el"),
  candidate("iso-8859-5", 10, ...cyrillic),
  candidate("iso-8859-6", 10, "ar"),
  candidate("iso-8859-8", 9, "he"),
  candidate("iso-8859-13", 9, "latin"),
  candidate("iso-8859-4", 12, "latin"),
  candidate("iso-8859-3", 12, "latin"),
  candidate("iso-8859-16", 12, "latin"),
  candidate("iso-8859-10", 13, "latin"),
  candidate("iso-8859-14", 13, "latin"),
  candidate("koi8-r", 9, "ru", "bg"),
  candidate("koi8-u", 10, "uk", "ru", "be"),
  candidate("ibm866", 10, "ru", "uk", "be", "bg"),
  candidate("x-mac-cyrillic", 11, ...cyrillic),
  candidate("macintosh", 9, "latin"),
  candidate("cp850", 9, "latin"),
  candidate("cp858", 9.5, "latin"),
  candidate("cp437", 10, "latin"),
  candidate("cp852", 10, "latin"),
];

export const eastAsianCandidates: readonly Candidate[] = [
  candidate("shift_jis", 9, "ja"),
  candidate("gb18030", 9, "zh-Hans", "zh-Hant", "ja"),
  candidate("big5", 9, "zh-Hant"),
  candidate("euc-kr", 9, "ko"),
  candidate("euc-jp", 10, "ja"),
];
