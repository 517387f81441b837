/** Keeps facts in a PostgreSQL database. */
import type { Fact, FactKind, FactRule, Facts } from "./facts.ts";
import type { Query } from "./postgres-connection.ts";
import { asFact, deleteFacts, type Statement, selectFact, selectFacts, writeFact } from "./sql-facts.ts";

interface PostgresFactsOptions {
  table: string;
  /** Runs work on the connection, with errors of the server made readable. */
  use<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Runs work in a transaction that holds the locks of these names; `now` is the server's time. */
  underLocks<T>(query: Query, names: readonly string[], work: (now: Date) => Promise<T>): Promise<T>;
}

export function postgresFacts({ table, use, underLocks }: PostgresFactsOptions): Facts {
  const run = (query: Query, [sql, values]: Statement): Promise<object[]> => {
    let number = 0;
    const numbered = sql.replaceAll("?", () => `$${++number}`);
    return query(
      numbered.replace(/\bfacts\b/, () => table),
      values,
    );
  };
  const all = async <T>(query: Query, statement: Statement): Promise<Fact<T>[]> =>
    (await run(query, statement)).map((row) => asFact<T>(row));
  return {
    decide: <T, A>(kind: FactKind, keys: readonly string[], rule: FactRule<T, A>) =>
      use((query) =>
        underLocks(
          query,
          keys.map((key) => `${kind} ${key}`),
          async (now) => {
            const values: (T | undefined)[] = [];
            for (const key of keys) values.push((await all<T>(query, selectFact(kind, key)))[0]?.value);
            const { answer, write = {} } = rule(values, now);
            for (const [key, value] of Object.entries(write)) await run(query, writeFact({ kind, key, value, now }));
            return answer;
          },
        ),
      ),
    get: (kind, key) => use(async (query) => (await all<never>(query, selectFact(kind, key)))[0]?.value),
    list: (kind, filter = {}) => use((query) => all(query, selectFacts(kind, filter))),
    prune: (kind, before) =>
      use(async (query) => {
        const [sql, values] = deleteFacts(kind, before);
        return (await run(query, [`${sql} RETURNING 1`, values])).length;
      }),
  };
}
