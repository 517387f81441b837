/** Names and texts as standard SQL quotes them; a database that does so otherwise has its own in its dialect. Pure. */

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Where a backslash is a character like others: on PostgreSQL with standard_conforming_strings on. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
