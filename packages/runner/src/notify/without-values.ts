/** Takes the values of rows out of a message, because notices leave the machine. Pure. */

/**
 * What is in quotes, after a bracket and an equals sign (as PostgreSQL names keys), or a long number may be a value of a row; names of
 * streams and columns are in the position of an error as well.
 */
export function withoutValues(message: string): string {
  return message
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|“[^”]*”/g, "…")
    .replaceAll(/=\s*\([^)]*\)/g, "=(…)")
    .replaceAll(/\{[^{}]*\}|\[[^[\]]*\]/g, "…")
    .replaceAll(/\b\d[\d.,-]{8,}\d\b/g, "…");
}

const maxLength = 600;

/** One line, and not too long for a chat. */
export function asSentence(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, " ").trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}
