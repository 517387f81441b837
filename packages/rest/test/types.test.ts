/** What the compiler refuses: a misspelt key, cursor, column or property. `tsc` checks the types; the test runs what is right. */
import { expect, expectTypeOf, test } from "vitest";
import { bearer, restStream, restTap, Type } from "../src/index.ts";

const schema = Type.Object({ id: Type.Integer(), updated_at: Type.String(), note: Type.Optional(Type.String()) });
const orders = restStream({ name: "orders", path: "/orders", schema, keys: ["id"], incremental: { cursor: "updated_at" } });

test("a child knows the columns of its parent", () => {
  const lines = restStream({
    name: "lines",
    parent: orders,
    path: ({ parent }) => {
      expectTypeOf(parent.id).toEqualTypeOf<number>();
      return `/orders/${parent.id}/lines`;
    },
    schema: Type.Object({ order_id: Type.Integer(), line: Type.Integer() }),
    keys: ["order_id", "line"],
    fromParent: { order_id: "id" },
    map: (record) => ({ order_id: 1, line: Number(record.line) }),
  });
  expect(lines.definition.parent).toBe(orders);
  // @ts-expect-error a misspelt column of the parent
  restStream({ name: "x", parent: orders, path: ({ parent }) => `/orders/${parent.idd}`, schema });
  // @ts-expect-error a column that the parent does not have
  restStream({ name: "x", parent: orders, path: "/", schema, fromParent: { id: "idd" } });
  // @ts-expect-error a column that the stream does not have
  restStream({ name: "x", parent: orders, path: "/", schema, fromParent: { idd: "id" } });
});

test("columns are those of the schema", () => {
  // @ts-expect-error a misspelt key
  restStream({ name: "x", path: "/", schema, keys: ["idd"] });
  // @ts-expect-error a misspelt cursor
  restStream({ name: "x", path: "/", schema, incremental: { cursor: "updated" } });
  // @ts-expect-error a misspelt property
  restStream({ name: "x", path: "/", schema, pagin: { type: "page" } });
  // @ts-expect-error a misspelt property of the paging
  restStream({ name: "x", path: "/", schema, paging: { type: "cursor", nxt: "$.next" } });
  // @ts-expect-error a row without a column that it must have
  restStream({ name: "x", path: "/", schema, map: () => ({ id: 1 }) });
  // @ts-expect-error a value of another type
  restStream({ name: "x", path: "/", schema, map: () => ({ id: "1", updated_at: "" }) });
  // Plain JSON Schema says nothing of its columns.
  expect(restStream({ name: "x", path: "/", schema: { type: "object" }, keys: ["anything"] }).definition.name).toBe("x");
});

test("the config is typed", () => {
  const tap = restTap({
    name: "tap-x",
    version: "1",
    description: "",
    config: Type.Object({ token: Type.String() }),
    api: ({ token }) => ({ url: "https://example.com", auth: bearer(token) }),
    streams: [orders],
  });
  expect(tap.name).toBe("tap-x");
  // @ts-expect-error a misspelt setting
  restTap({ ...tap, open: undefined, api: ({ tokn }) => ({ url: tokn }), streams: [orders] });
});
