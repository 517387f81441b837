/** Data for a terminal: characters that would control it, or change the order of what is shown, are shown as escapes. Pure. */

/** Controls, marks that change the direction or are invisible, line separators, and halves of characters. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** In one line. @example visible("a\tb\x1b[31m") // "a\\tb\\x1b[31m" */
export function visible(text: string): string {
  return text.replaceAll(unsafe, (char) => named[char] ?? escaped(char));
}

/** The same, but lines stay lines and JSON stays the same JSON. */
export function visibleJson(text: string): string {
  return text.replaceAll(unsafe, (char) => `\\u${codeOf(char).padStart(4, "0")}`);
}

/** The same, but tabs and line ends stay, because CSV may have both. */
export function visibleCsv(text: string): string {
  return text.replaceAll(unsafe, (char) => (char === "\n" || char === "\t" ? char : (named[char] ?? escaped(char))));
}

function escaped(char: string): string {
  const code = codeOf(char);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
}

const codeOf = (char: string): string => char.charCodeAt(0).toString(16);
