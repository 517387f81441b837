/** What is between the values of lines, as 32-bit words that are compared with the bytes of a line. Pure. */

export interface Tokens {
  /** Token i: `lengths[i]` bytes, at least four, as words from `words[wordsAt[i]]` on, the last of which may overlap. */
  readonly words: Int32Array;
  readonly wordsAt: Int32Array;
  readonly lengths: Int32Array;
}

/** @param list each of at least four bytes */
export function tokensOf(list: readonly Buffer[]): Tokens {
  const words = list.map(wordsOf);
  const wordsAt = [0];
  for (const [index, { length }] of words.entries()) wordsAt.push((wordsAt[index] as number) + length);
  return {
    words: Int32Array.from(words.flat()),
    wordsAt: Int32Array.from(wordsAt),
    lengths: Int32Array.from(list, ({ length }) => length),
  };
}

/** Whether token i is at `at`. */
export function isToken({ words, wordsAt, lengths }: Tokens, i: number, view: DataView, at: number): boolean {
  const last = at + (lengths[i] as number) - 4;
  if (last + 4 > view.byteLength) return false;
  let word = wordsAt[i] as number;
  for (let p = at; p < last; p += 4) if (view.getInt32(p, true) !== words[word++]) return false;
  return view.getInt32(last, true) === words[word];
}

function wordsOf(token: Buffer): number[] {
  const words: number[] = [];
  for (let at = 0; at + 4 < token.length; at += 4) words.push(token.readInt32LE(at));
  words.push(token.readInt32LE(token.length - 4));
  return words;
}
