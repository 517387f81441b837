/** A rough classification of cells, good enough to recognize the right dialect and to find the header. */

export type CellKind = "empty" | "number" | "date" | "time" | "timestamp" | "boolean" | "address" | "word" | "text";

/** Whether the kind is that of a value such as a number or a date; a word or a text may be anything. */
export const isTyped = (kind: CellKind): boolean => kind !== "empty" && kind !== "word" && kind !== "text";

/** Whether the cell can't be a column name. Booleans can: a single letter such as `y` may be a name. */
export const isNotName = (kind: CellKind): boolean => isTyped(kind) && kind !== "boolean";

export const isName = (kind: CellKind | undefined): boolean => kind !== undefined && kind !== "empty" && !isNotName(kind);

/** Cheap checks come first: every dialect that is tried needs thousands of them. */
export function kindOf(cell: string): CellKind {
  const text = cell.trim();
  if (text === "" || (text.length <= 4 && nullMarker.test(text))) return "empty";
  if (text.length < 60 && /\d/.test(text)) {
    if (number.test(text)) return "number";
    if (text.includes(":")) {
      if (time.test(text)) return "time";
      if (timestamp.test(text)) return "timestamp";
    } else if (date.test(text)) return "date";
  }
  if (text.length <= 5 && boolean.test(text)) return "boolean";
  if ((text.includes("://") || text.includes("@") || /^www\./i.test(text)) && address.test(text)) return "address";
  return text.length <= 80 && (asciiWord.test(text) || word.test(text)) ? "word" : "text";
}

const nullMarker = /^(null|n\/?a|nan|none|nil|\\N|-+|\.+|\?)$/i;
const boolean = /^(true|false|yes|no|t|f|y|n)$/i;
const address = /^([a-z][a-z0-9+.-]*:\/\/\S+|www\.\S+|[^\s@,;|]+@[^\s@,;|]+\.[a-z]{2,})$/i;
const asciiWord = /^\w[\w .'()/&%°#+-]*$/;
const word = /^[\p{L}\p{N}_]([\p{L}\p{N}\p{M}_ .'’()/&%°#+-]*)$/u;

const currency = "(?:[$€£¥₹₽₩]|USD|EUR|GBP|CHF|JPY)";
const digits = String.raw`(?:\d+|\d{1,3}(?:[,.'’ \u00a0\u2007\u2009\u202f]\d{3})+)(?:[.,]\d*)?|[.,]\d+`;
const number = new RegExp(String.raw`^[(+-]?\s?${currency}?\s?[+-]?(?:${digits})(?:e[+-]?\d+)?\s?(?:${currency}|%)?\)?$`, "i");

const month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
const day = String.raw`\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-/. ]${month}\.?[-/., ]+\d{2,4}|${month}\.? \d{1,2},? \d{4}`;
const clock = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?`;
const zone = String.raw`(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?`;
const date = new RegExp(`^(?:${day})$`, "i");
const time = new RegExp(`^${clock}${zone}$`, "i");
const timestamp = new RegExp(`^(?:${day})[T ,]+${clock}${zone}$`, "i");
