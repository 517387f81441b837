import type { LandingParts, ReplaceRows, UpsertRows } from "@tapline/sql";
import { bareName } from "./upsert.ts";

/** Some of the landed rows: they are numbered once and then found by their ctid, so that no part is searched for in the whole landing table. */
export function landingParts(landing: string, list: string, applyFrom: (source: string) => ReplaceRows | UpsertRows): LandingParts {
  const numbers = `${landing.slice(0, -1)}_places"`;
  const part = (from: number, to: number): string =>
    `(SELECT * FROM ${landing} WHERE ctid = ANY (ARRAY(SELECT place FROM ${numbers} WHERE n >= ${from} AND n < ${to})))`;
  return {
    prepare: [
      `CREATE TEMPORARY TABLE ${bareName(numbers)} ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY ctid) - 1 AS n, ctid AS place FROM ${landing}`,
      `ALTER TABLE ${numbers} ADD PRIMARY KEY (n)`,
    ],
    apply: (from, to) => applyFrom(`${part(from, to)} AS part`),
    read: (row) => `SELECT row_to_json(r) FROM (SELECT ${list} FROM ${part(row, row + 1)} AS part) AS r`,
    drop: (row) => `DELETE FROM ${landing} WHERE ctid = (SELECT place FROM ${numbers} WHERE n = ${row})`,
  };
}
