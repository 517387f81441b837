/** One cell of a row of COPY text as text; null for NULL. Not for many cells: `CopyLines` makes no strings. */

/** `start`: the row's first byte. `index`: the cell's place among the columns of the COPY. */
export function cellText(bytes: Uint8Array, start: number, index: number): string | null {
  let from = start;
  for (let passed = 0; passed < index; passed++) from = endOf(bytes, from) + 1;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, endOf(bytes, from) - from).toString();
  return text === "\\N" ? null : text.replace(/\\(.)/g, (_, letter: string) => letters[letter] ?? letter);
}

const letters: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function endOf(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] !== 0x09 && bytes[at] !== 0x0a) at++;
  return at;
}
