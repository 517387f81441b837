/** A stream's name as a file's name: readable where it can be, and never a path. */

/** Letters, digits, space, dot, dash and underscore stay; all else becomes %XX of its UTF-8 bytes. At most 200 bytes, then `suffix`. */
export function fileName(stream: string, suffix = ""): string {
  const bytes = Buffer.from(stream);
  let name = "";
  for (const [index, byte] of bytes.entries()) {
    const char = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9 _-]/.test(char) || (char === "." && index > 0);
    name += isPlain ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return `${name === "" ? "%" : name.slice(0, 200)}${suffix}.jsonl`;
}
