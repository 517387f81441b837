/** Names of flattened columns, as the Singer SDK makes them, so that tables which its targets made keep their columns. Pure. */

export interface NameOptions {
  separator: string;
  /** A name of so many characters or more is abbreviated. */
  maxKeyLength: number;
}

export interface FlatteningOptions extends NameOptions {
  /** How many levels of nested objects become columns; 1 or more. */
  maxDepth: number;
}

/**
 * The names of a path, joined. A name that is too long is abbreviated part by part, from the first, until it is short enough: to the
 * initials of the part's words, or to its first three characters where it has one word.
 * @example flatName(["address", "zip"], { separator: "__", maxKeyLength: 255 }) // "address__zip"
 */
export function flatName(path: readonly string[], { separator, maxKeyLength }: NameOptions): string {
  const parts = [...path];
  for (let at = 0; at < parts.length && [...parts.join(separator)].length >= maxKeyLength; at++)
    parts[at] = abbreviation(parts[at] as string);
  return parts.join(separator);
}

function abbreviation(part: string): string {
  const camel = part.replaceAll(/(?:^|_)([^\n])/gu, (_, first: string) => first.toUpperCase());
  const initials = camel.replaceAll(/[a-z]/g, "");
  return ([...initials].length > 1 ? initials : [...part].slice(0, 3).join("")).toLowerCase();
}
