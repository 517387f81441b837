/** Names and texts as standard SQL quotes them. Pure. */

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** For databases in which a backslash is an ordinary character: PostgreSQL with standard_conforming_strings on. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
