/** The table `facts` of the stores in SQL databases: the statements that SQLite and PostgreSQL share. */
import type { Fact, FactFilter, FactKind } from "./facts.ts";

interface FactRow {
  key: string;
  value: string;
  changedAt: string;
}

/** A statement with its parameters. `?` stands for a parameter, the word `facts`, which is in it once, for the table. */
export type Statement = readonly [sql: string, values: readonly (string | number)[]];

const columns = 'key, value, changed_at AS "changedAt"';

export const selectFact = (kind: FactKind, key: string): Statement => [
  `SELECT ${columns} FROM facts WHERE kind = ? AND key = ?`,
  [kind, key],
];

export function selectFacts(kind: FactKind, { prefix = "", after, order, limit }: FactFilter): Statement {
  const isDescending = order === "descending";
  const conditions = ["kind = ?", "key >= ?", "substr(key, 1, length(?)) = ?"];
  const values: (string | number)[] = [kind, prefix, prefix, prefix];
  if (after !== undefined) {
    conditions.push(isDescending ? "key < ?" : "key > ?");
    values.push(after);
  }
  const end = limit === undefined ? "" : ` LIMIT ${Math.trunc(limit)}`;
  return [`SELECT ${columns} FROM facts WHERE ${conditions.join(" AND ")} ORDER BY key${isDescending ? " DESC" : ""}${end}`, values];
}

/** @param value null deletes the fact */
export function writeFact({ kind, key, value, now }: { kind: FactKind; key: string; value: unknown; now: Date }): Statement {
  if (value === null) return [`DELETE FROM facts WHERE kind = ? AND key = ?`, [kind, key]];
  return [
    `INSERT INTO facts (kind, key, value, changed_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
    [kind, key, JSON.stringify(value), now.toISOString()],
  ];
}

export const deleteFacts = (kind: FactKind, before: Date): Statement => [
  `DELETE FROM facts WHERE kind = ? AND changed_at < ?`,
  [kind, before.toISOString()],
];

export function asFact<T>(row: object): Fact<T> {
  const { key, value, changedAt } = row as FactRow;
  return { key, value: JSON.parse(value) as T, changedAt };
}
