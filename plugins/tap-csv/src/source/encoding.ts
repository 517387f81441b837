/** The names of encodings. */
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { codePages } from "./code-pages.ts";

/** Returns one name for all the names that Python, iconv and the web have for an encoding. @throws encoding_unknown */
export function encodingOf(name: string, position: Position = {}): string {
  const label = name.trim().toLowerCase().replaceAll("_", "-");
  const plain = aliases.find(([pattern]) => pattern.test(label));
  const known = plain === undefined ? label : label.replace(...plain);
  if (builtIn.has(known)) return known;
  // Some of the web's names have an underscore.
  for (const candidate of [known, name.trim().toLowerCase()]) if (isKnown(candidate)) return new TextDecoder(candidate).encoding;
  throw errors.encoding_unknown({ encoding: name }, position);
}

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== undefined;
  } catch {
    return false;
  }
}

/** Names that TextDecoder does not know or understands differently; in Python and iconv, Latin-1 is not windows-1252. */
const builtIn = new Set(["utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", ...Object.keys(codePages)]);

const aliases: readonly (readonly [RegExp, string])[] = [
  [/^(utf-?8(-sig)?|ascii|us-ascii)$/, "utf-8"],
  [/^utf-?16$/, "utf-16"],
  [/^utf-?16-?(le|be)$/, "utf-16$1"],
  [/^(latin-?1|l1|iso-?8859-?1|8859-1|cp819)$/, "iso-8859-1"],
  [/^(latin-?9|l9)$/, "iso-8859-15"],
  [/^latin-?([2-6])$/, "latin$1"],
  [/^latin-?7$/, "iso-8859-13"],
  [/^latin-?8$/, "iso-8859-14"],
  [/^latin-?10$/, "iso-8859-16"],
  [/^iso-?8859-?(\d+)$/, "iso-8859-$1"],
  [/^8859-(\d+)$/, "iso-8859-$1"],
  [/^(?:cp|windows-?)(125\d|874)$/, "windows-$1"],
  [/^(?:cp|ibm|dos|oem)?-?(437|850|852|858)$/, "cp$1"],
  [/^(?:cp|ibm|dos|oem)?-?866$/, "ibm866"],
  [/^(mac-?roman|macroman)$/, "macintosh"],
  [/^mac-?cyrillic$/, "x-mac-cyrillic"],
  [/^koi8-?([ru])$/, "koi8-$1"],
  [/^euc-?(jp|kr)$/, "euc-$1"],
  [/^iso-?2022-?jp$/, "iso-2022-jp"],
  [/^(cp932|shift-?jis|sjis)$/, "shift_jis"],
  [/^(cp936|gb2312)$/, "gbk"],
  [/^(cp949|uhc)$/, "euc-kr"],
  [/^cp950$/, "big5"],
];
