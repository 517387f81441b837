/** Snowflake's SQL. Pure. */
import type { Dialect } from "@tapline/sql";
import { makeMerge } from "./merge.ts";
import { type IdentifierCase, makeNames, rowColumn } from "./names.ts";
import { makeStatements } from "./statements.ts";
import { makeTypes, type TimestampType } from "./types.ts";
import type { UpsertWay } from "./upsert.ts";

export interface DialectOptions {
  identifierCase: IdentifierCase;
  timestampType: TimestampType;
  /** Schema of tables whose stream names none. */
  schema: string;
  /** Differs from session to session: a part of the names of temporary tables. */
  token: string;
  upsertWay: UpsertWay;
}

export function makeDialect({ identifierCase, timestampType, schema, token, upsertWay }: DialectOptions): Dialect {
  const names = makeNames(identifierCase, schema);
  const types = makeTypes(timestampType);
  return {
    name: "Snowflake",
    types,
    names,
    statements: makeStatements(names, types),
    merge: makeMerge(names, token, upsertWay),
    traits: {
      ddl: "commits",
      order: { column: rowColumn },
      savepoints: false,
      keysEnforced: false,
      sharesTables: true,
      altersByCopy: false,
      maxColumns: 2000,
    },
  };
}
