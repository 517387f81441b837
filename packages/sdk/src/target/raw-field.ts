/** Finds the text of one field in a JSON object. Rejected records are stored as that text, with every digit. Pure. */

const spaces = /[ \t\r\n]*/y;
/** Up to the next quote, bracket or comma. */
const plain = /[^"[\]{},]*/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;

/** The text of a field's value in a line that is a JSON object. Where the field is there twice it is the last one, as in JSON.parse. */
export function rawField(line: string, field: string): string | undefined {
  let at = 0;
  let depth = 0;
  let found: string | undefined;
  /** Where the field's value begins; -1 outside of it. */
  let start = -1;
  const skip = (pattern: RegExp): void => {
    pattern.lastIndex = at;
    pattern.test(line);
    at = pattern.lastIndex;
  };
  while (at < line.length) {
    skip(plain);
    const char = line[at];
    if (char === '"') {
      const from = at;
      skip(quoted);
      const text = line.slice(from, at);
      skip(spaces);
      if (depth === 1 && line[at] === ":" && JSON.parse(text) === field) start = ++at;
      continue;
    }
    if (start >= 0 && depth === 1 && (char === "," || char === "}")) {
      found = line.slice(start, at).trim();
      start = -1;
    }
    if (char === "{" || char === "[") depth++;
    if (char === "}" || char === "]") depth--;
    at++;
  }
  return found;
}
