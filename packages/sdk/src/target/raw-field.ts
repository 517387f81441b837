/** One field of a JSON object as it was spelled: what a rejected record is kept as. Pure. */

const spaces = /[ \t\r\n]*/y;
/** To the next quote, bracket or comma. */
const plain = /[^"[\]{},]*/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;

/** The text of a field's value in a line that is known to be an object; of a field that is there twice the last one, as in JSON.parse. */
export function rawField(line: string, field: string): string | undefined {
  let at = 0;
  let depth = 0;
  let found: string | undefined;
  /** Where the value of the field begins, while it is being read. */
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
