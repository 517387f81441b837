/** One form for the letters of a word that differ only in case, or that encodings write in another way. */
export function fold(letter: string): string {
  const plain = variants.get(letter) ?? letter.toLowerCase();
  return variants.get(plain) ?? (plain.length > letter.length ? (plain[0] as string) : plain);
}

/** Old encodings lack the right-hand form of Romanian (a comma below) and Persian letters, and texts in them use the left-hand one. */
const variants = new Map([
  ["ș", "ş"],
  ["ț", "ţ"],
  ["ی", "ي"],
  ["ک", "ك"],
  ["’", "'"],
  ["ʻ", "'"],
  ["ʼ", "'"],
]);
