/** Texts as constants of Snowflake's SQL. */

/** In Snowflake a backslash in a constant starts an escape, so it is doubled as quotes are. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
