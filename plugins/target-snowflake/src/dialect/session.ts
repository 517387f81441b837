/** Statements about the session. */
import { quoteText as text } from "./text.ts";

/** What account and user may have set otherwise, and a load relies on: texts are read by these formats, and names in quotes are exact. */
const fixed = [
  "TIMEZONE = 'UTC'",
  "AUTOCOMMIT = TRUE",
  "QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE",
  "TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ'",
  "TIMESTAMP_INPUT_FORMAT = 'AUTO'",
  "DATE_INPUT_FORMAT = 'AUTO'",
  "TIME_INPUT_FORMAT = 'AUTO'",
  "DATE_OUTPUT_FORMAT = 'YYYY-MM-DD'",
].join(", ");

/** A load that waits for another's lock fails in a while. */
export function alterSession({ lockTimeoutSeconds }: { lockTimeoutSeconds: number }): string {
  return `ALTER SESSION SET LOCK_TIMEOUT = ${lockTimeoutSeconds}, ${fixed}`;
}

/** For queries of people: one statement at a time, and times as ISO 8601 has them. */
export const alterReadSession = `ALTER SESSION SET ${[
  "TIMEZONE = 'UTC'",
  "QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE",
  "MULTI_STATEMENT_COUNT = 1",
  "DATE_OUTPUT_FORMAT = 'YYYY-MM-DD'",
  "TIME_OUTPUT_FORMAT = 'HH24:MI:SS.FF6'",
  ...["TZ", "LTZ"].map((kind) => `TIMESTAMP_${kind}_OUTPUT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.FF6TZH:TZM'`),
  `TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.FF6'`,
].join(", ")}`;

/**
 * Compiles a query and runs nothing. In brackets Snowflake takes nothing but a query, and an EXPLAIN is of one statement, so a text that
 * passes is one query.
 */
export const explainQuery = (sql: string): string => `EXPLAIN USING TEXT SELECT * FROM (\n${sql}\n)`;

export const sessionFacts = "SELECT CURRENT_DATABASE(), CURRENT_ROLE()";

/** Rows with the parameter's name and value. To be asked before the session sets it. */
export const quotedNamesIgnoreCase = "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE' IN SESSION";

export const begin = "BEGIN TRANSACTION";
export const commit = "COMMIT";
export const rollback = "ROLLBACK";

export const describeTable = (table: string): string => `DESCRIBE TABLE ${table}`;

/** Tables and views whose names are like one of the pattern, whatever their case: "_" and "%" stand for others. */
export const showObjects = (schema: string, pattern: string): string => `SHOW OBJECTS LIKE ${text(pattern)} IN SCHEMA ${schema}`;
export const showAllObjects = (schema: string): string => `SHOW OBJECTS IN SCHEMA ${schema}`;
export const showSchemas = (database: string, pattern: string): string => `SHOW SCHEMAS LIKE ${text(pattern)} IN DATABASE ${database}`;
