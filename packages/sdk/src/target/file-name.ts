/** Turns a stream's name into a file name: as readable as possible, and never a path. */

/**
 * Letters, digits, space, dot, dash and underscore stay; other characters become %XX of their UTF-8 bytes. At most 200 bytes.
 * @example fileName("a/b.c"); // "a%2Fb.c"
 */
export function fileName(stream: string): string {
  const bytes = Buffer.from(stream);
  let name = "";
  for (const [index, byte] of bytes.entries()) {
    const char = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9 _-]/.test(char) || (char === "." && index > 0);
    name += isPlain ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return name === "" ? "%" : name.slice(0, 200);
}
