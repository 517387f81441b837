/** DuckDB's messages, made short. Pure. */

const mostCharacters = 300;

/** Without DuckDB's links and its copy of the statement. */
export function firstSentence(text: string): string {
  const [line = ""] = text.replace(/\s*See also https:\S+/s, "").split(/\n\n|\nLINE \d+:/);
  const flat = line.replaceAll(/\s+/g, " ").trim();
  return flat.length > mostCharacters ? `${flat.slice(0, mostCharacters)}…` : flat;
}
