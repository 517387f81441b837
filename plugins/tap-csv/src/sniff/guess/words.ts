/** The distinct words of a sample that have bytes beyond ASCII. A word that a column repeats is evidence once. */

/** More words than these do not make a guess better, but slower. */
const maxWords = 500;
const maxWordBytes = 60;

/** For encodings in which the bytes below 0x80 are ASCII: letters, apostrophes and all bytes beyond ASCII. */
export const isLetterByte = (byte: number): boolean =>
  byte >= 0x80 || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x27;

/** For East Asian encodings, in which the second byte of a character may be ASCII from 0x30 on. */
export const isRunByte = (byte: number): boolean => byte >= 0x30 && byte !== 0x3a && byte !== 0x3b && byte !== 0x7c;

export function distinctWords(bytes: Uint8Array, isPart: (byte: number) => boolean): Buffer[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const beyondAscii = /[\x80-\xff]/g;
  const found = new Set<string>();
  for (let from = 0; found.size < maxWords; ) {
    beyondAscii.lastIndex = from;
    const at = beyondAscii.exec(text)?.index;
    if (at === undefined) break;
    let [start, end] = [at, at + 1];
    while (start > from && isPart(bytes[start - 1] as number)) start--;
    while (end < bytes.length && isPart(bytes[end] as number)) end++;
    // A long run, such as a sentence in Chinese, becomes several words.
    for (; start < end; start += maxWordBytes) found.add(text.slice(start, Math.min(end, start + maxWordBytes)));
    from = end;
  }
  return [...found].map((word) => Buffer.from(word, "latin1"));
}
