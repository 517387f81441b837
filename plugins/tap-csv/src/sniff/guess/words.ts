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
  const found = new Set<string>();
  for (let from = 0; from < bytes.length && found.size < maxWords; ) {
    if (!isPart(bytes[from] as number)) {
      from++;
      continue;
    }
    let [to, isAscii] = [from, true];
    for (; to < bytes.length && isPart(bytes[to] as number); to++) if ((bytes[to] as number) >= 0x80) isAscii = false;
    const end = to;
    // A long run, such as a sentence in Chinese, becomes several words.
    if (!isAscii) for (; from < end; from += maxWordBytes) found.add(latin1(bytes.subarray(from, Math.min(end, from + maxWordBytes))));
    from = end;
  }
  return [...found].map((word) => Buffer.from(word, "latin1"));
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
