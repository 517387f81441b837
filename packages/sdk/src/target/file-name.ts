/** Turns a stream's name into a file name: as readable as possible, and never a path. */
import { createHash } from "node:crypto";

const mostBytes = 200;

/**
 * Letters, digits, space, dot, dash and underscore stay; other characters become %XX of their UTF-8 bytes. At most 200 bytes: a longer name is
 * cut and ends with `_` and eight digits of a hash of the whole one.
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
  if (name.length <= mostBytes) return name === "" ? "%" : name;
  return `${name.slice(0, mostBytes - 9)}_${createHash("sha256").update(stream).digest("hex").slice(0, 8)}`;
}
