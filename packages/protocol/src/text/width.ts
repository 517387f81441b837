/** How wide text is on a terminal, and cutting it to a width. Pure. */

const plain = /^[\x20-\x7e]*$/;
const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;
const doubleWidth =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** The number of terminal columns: most characters take one, those of East Asian scripts and emoji two, combining marks none. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** At most `width` columns: a longer text is cut at a word, if there is one near the end, and ends with "…". */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const start = startOf(text, width - 1);
  const isWordEnd = /\s/.test(text.charAt(start.length));
  const space = isWordEnd ? start.length : start.search(/\s\S*$/);
  return `${(space >= start.length * 0.6 ? start.slice(0, space) : start).trimEnd()}…`;
}

/** As many characters from the beginning as fit into `width` columns. */
export function startOf(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += widthOfCharacter(character);
    if (used > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function widthOfCharacter(character: string): number {
  if (plain.test(character)) return 1;
  return zeroWidth.test(character) ? 0 : doubleWidth.test(character) ? 2 : 1;
}
