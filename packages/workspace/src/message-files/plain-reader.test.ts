import { expect, test } from "vitest";
import { readPlainly } from "./plain-reader.ts";

const lines = (...messages: object[]): string => messages.map((message) => `${JSON.stringify(message)}\n`).join("");
const schema = (names: string[], keys: string[] = ["id"]) => ({
  type: "SCHEMA",
  stream: "db-s",
  schema: { properties: Object.fromEntries(names.map((name) => [name, {}])) },
  key_properties: keys,
});
const record = (record: object, version?: number) => ({ type: "RECORD", stream: "db-s", record, version });
const activate = (version: number) => ({ type: "ACTIVATE_VERSION", stream: "db-s", version });
const rows = (...messages: object[]) => readPlainly(lines(...messages)).get("db-s")?.rows;

test("the last record of a key, without those that were deleted", () => {
  const sent = [record({ id: 1, v: "a" }), record({ id: 2 }), record({ id: 1, v: "b" }), record({ id: 2, _sdc_deleted_at: "2026-01-01" })];
  expect(rows(schema(["id", "v"]), ...sent)).toEqual([{ id: 1, v: "b" }]);
  expect(rows(schema(["id", "v"], []), ...sent)).toHaveLength(4);
});

test("older versions are removed, at the end where the message arrives before any row", () => {
  expect(rows(schema(["id"]), activate(2), record({ id: 1 }, 1), record({ id: 2 }, 2))).toEqual([{ id: 2 }]);
  expect(rows(schema(["id"]), record({ id: 1 }, 1), activate(2), record({ id: 3 }, 1))).toEqual([{ id: 3 }]);
});

test("columns that the SCHEMA no longer has keep their values, and fields that it lacks are in _sdc_extra", () => {
  const sent = [schema(["id", "old"]), record({ id: 1, old: "x" }), schema(["id", "v"]), record({ id: 1, v: "y", more: 1 })];
  expect(rows(...sent)).toEqual([{ id: 1, old: "x", v: "y", _sdc_extra: { more: 1 } }]);
});

test("a column of several types with text among them is text, and text where an object is declared is JSON", () => {
  const properties = { id: {}, a: { anyOf: [{ type: "string" }, { type: "integer" }] }, b: { type: ["null", "object"] } };
  const typed = { ...schema([]), schema: { properties } };
  expect(rows(typed, record({ id: 1, a: 5, b: "[1]" }))).toEqual([{ id: 1, a: "5", b: [1] }]);
});

test("a dash in the stream's name ends the schema", () => {
  expect(readPlainly(lines(schema(["id"]))).get("db-s")).toMatchObject({ schema: "db", table: "s" });
});
