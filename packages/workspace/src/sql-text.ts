/** Finds SQL in string literals, to hold it to the files where SQL belongs. */

/** Statements as this repository spells them: keywords in capitals. */
const statement =
  /\b(?:SELECT\s|INSERT INTO\b|UPDATE\s\S+\sSET\b|DELETE FROM\b|(?:CREATE|DROP|ALTER)\s(?:TEMPORARY\s|UNIQUE\s)?(?:TABLE|SCHEMA|VIEW|INDEX)\b|COMMENT ON\b|TRUNCATE\b|(?:RELEASE |ROLLBACK TO )?SAVEPOINT\b|COPY\s.*\sFROM\b|GRANT\s|REVOKE\s|LOCK TABLE\b|SET\s(?:GLOBAL|ROLE|LOCAL)\b|CHECKPOINT\b|(?:BEGIN|COMMIT|ROLLBACK)\b|ORDER BY\b|GROUP BY\b|WHERE\s)/;

/** One comment, string or template; templates are taken whole, with what they interpolate. */
const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

export interface SqlText {
  line: number;
  text: string;
}

/** The string literals of a TypeScript source that have SQL in them. */
export function sqlTexts(source: string): SqlText[] {
  return [...source.matchAll(token)]
    .filter(([text]) => !text.startsWith("/") && statement.test(text))
    .map(({ 0: text, index }) => ({ line: source.slice(0, index).split("\n").length, text }));
}
