/** Keeps facts in `.tapline/tapline.db`. */
import type { DatabaseSync } from "node:sqlite";
import type { FactKind, Facts } from "./facts.ts";
import { asFact, deleteFacts, type Statement, selectFact, selectFacts, writeFact } from "./sql-facts.ts";
import { transact } from "./sqlite.ts";

export function sqliteFacts(database: DatabaseSync, guard: <T>(work: () => T) => Promise<T>): Facts {
  const all = <T>([sql, values]: Statement) =>
    database
      .prepare(sql)
      .all(...values)
      .map((row) => asFact<T>(row));
  const run = ([sql, values]: Statement) => database.prepare(sql).run(...values);
  const read = <T>(kind: FactKind, key: string) => all<T>(selectFact(kind, key))[0]?.value;
  return {
    decide: (kind, keys, rule) =>
      guard(() =>
        transact(database, () => {
          const now = new Date();
          const { answer, write = {} } = rule(
            keys.map((key) => read(kind, key)),
            now,
          );
          for (const [key, value] of Object.entries(write)) run(writeFact({ kind, key, value, now }));
          return answer;
        }),
      ),
    get: (kind, key) => guard(() => read(kind, key)),
    list: (kind, filter = {}) => guard(() => all(selectFacts(kind, filter))),
    prune: (kind, before) => guard(() => Number(run(deleteFacts(kind, before)).changes)),
  };
}
