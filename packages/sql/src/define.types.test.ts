/** What the compiler refuses of a SQL target. `tsc -b` checks the types; the test runs the one that is right. */
import { Type } from "@tapline/sdk";
import { expect, expectTypeOf, test } from "vitest";
import type { Connection } from "./connection.ts";
import { defineSqlTarget } from "./define.ts";
import type { Dialect } from "./dialect/dialect.ts";
import { sqlSettings } from "./settings.ts";

const fields = { name: "target-x", version: "0", description: "" };
declare const dialect: Dialect;
declare const connection: Connection;
declare function connectTo(path: unknown): Connection;
const config = Type.Object({ ...sqlSettings("main"), path: Type.String(), pool: Type.Optional(Type.Integer()) });

test("connect's config has the type of the schema, the settings of every SQL target among them", () => {
  const target = defineSqlTarget({
    ...fields,
    config,
    dialect: { names: { fallbackSchema: "main" }, traits: { ddl: "transactional" } } as Dialect,
    connect: async ({ path, pool, run_id, stream_names }) => {
      expectTypeOf(path).toEqualTypeOf<string>();
      expectTypeOf(pool).toEqualTypeOf<number | undefined>();
      expectTypeOf(run_id).toEqualTypeOf<string | undefined>();
      expectTypeOf(stream_names).toEqualTypeOf<"singer_sdk" | "exact" | undefined>();
      return connection;
    },
  });
  expect(target).toMatchObject({ name: "target-x", config, loadMethods: ["upsert", "append-only", "overwrite"] });
});

/** Only for the compiler. */
export function refused() {
  // @ts-expect-error a misspelt setting
  defineSqlTarget({ ...fields, config, dialect, connect: async (given) => connectTo(given.pth) });
  // @ts-expect-error a misspelt property of the definition
  defineSqlTarget({ ...fields, config, dialect, single_writer: { setting: "path" }, connect: async () => connection });
  // @ts-expect-error a load method that there is not
  defineSqlTarget({ ...fields, config, dialect, loadMethods: ["replace"], connect: async () => connection });
  // @ts-expect-error a config without the settings of every SQL target
  defineSqlTarget({ ...fields, config: Type.Object({ path: Type.String() }), dialect, connect: async () => connection });
  // @ts-expect-error no dialect
  defineSqlTarget({ ...fields, config, connect: async () => connection });
}
