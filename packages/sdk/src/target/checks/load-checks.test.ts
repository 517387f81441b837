/** Checks of rows: each rule on rows as cells and as objects, and what a stop leaves. */
import { type Check, type CheckFound, encodeMessage, exactNumber, type Row } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { memoryTarget, pieces, row, settings, state } from "../../../test/memory-target.ts";
import type { Target } from "../define.ts";
import { load } from "../load.ts";

const properties = { id: {}, v: {}, w: {} };
const schema = encodeMessage({ type: "SCHEMA", stream: "s", schema: { type: "object", properties }, key_properties: ["id"] }) as string;
const record = (fields: Row): string => `${JSON.stringify({ type: "RECORD", stream: "s", record: fields })}\n`;
const base = { stream: "s", on_fail: "warn" as const, show_values: false, keys: ["id"] };
const notNull: Check = { ...base, id: "c", rule: "not_null", column: "v" };

async function check(text: string, checks: readonly Check[], more: object = {}) {
  const { target, durable } = memoryTarget();
  const found = new Map<string, CheckFound>();
  const told: CheckFound[] = [];
  const states: unknown[] = [];
  let error: unknown;
  try {
    const onCheck = (each: CheckFound): void => {
      found.set(each.id, each);
      told.push(each);
    };
    for await (const value of load(target as unknown as Target, settings({ checks: [...checks], ...more }), pieces(text, 999), { onCheck }))
      states.push(value);
  } catch (thrown) {
    error = thrown;
  }
  return { found: found.get("c") as CheckFound, told, states, durable, error };
}

/** The values of `v` that a rule refuses, read as cells (all lines alike) and as objects (a list before `v` in each line, of changing fields). */
async function refused(checkOf: Partial<Check>, values: readonly unknown[]): Promise<unknown[]> {
  const rule = { ...base, id: "c", column: "v", show_values: true, ...checkOf } as Check;
  const results: unknown[][] = [];
  for (const form of ["cells", "objects"]) {
    const list: unknown[] = [];
    for (const [id, v] of values.entries()) {
      // Equal lines before it teach the shape.
      const fields = (value: unknown): Row => (form === "cells" ? { id, v: value } : { id, w: [{ [`f${id}`]: 1 }], v: value });
      const text =
        schema + Array.from({ length: 3 }, (_, at) => record({ ...fields(null), id: -1 - at })).join("") + record(fields(v)) + state(1);
      const { found, error } = await check(text, [rule]);
      expect(error).toBeUndefined();
      expect(found.rows).toBe(4);
      if (found.failed === 1) list.push(v);
    }
    results.push(list);
  }
  expect(results[1]).toEqual(results[0]);
  return results[0] as unknown[];
}

describe("each rule", () => {
  const big = exactNumber("9007199254740993");

  test("not_null refuses null and what is left out", async () => {
    const text = schema + record({ id: 1, v: 1 }) + record({ id: 2, v: null }) + record({ id: 3 }) + record({ id: 4, v: "" }) + state(1);
    const { found } = await check(text, [notNull]);
    expect(found).toMatchObject({
      status: "failed",
      rows: 4,
      failed: 2,
      first: [
        { keys: { id: 2 }, line: 3 },
        { keys: { id: 3 }, line: 4 },
      ],
    });
    expect(JSON.stringify(found)).not.toContain("values");
  });

  test("not_null of a column in no record refuses all", async () => {
    const text = schema + Array.from({ length: 50 }, (_, id) => record({ id, w: 1 })).join("") + state(1);
    expect((await check(text, [notNull])).found).toMatchObject({ rows: 50, failed: 50 });
  });

  test("accepted_values takes texts, numbers however they are spelled, and booleans", async () => {
    const values = ["a", "b", "é", 'q"', 1, 1.5, 2, true, false, "1", big, null, [1]];
    const accepted = ["a", "é", 'q"', 1, 1.5, true];
    expect(await refused({ rule: "accepted_values", values: accepted }, values)).toEqual(["b", 2, false, "1", big, [1]]);
  });

  test("range compares numbers, texts that spell numbers, dates and times, and other text", async () => {
    const values = [-1, 0, 0.5, 10, 10.5, "3", " 4 ", "11", "x", true, big, null];
    expect(await refused({ rule: "range", min: 0, max: 10 }, values)).toEqual([-1, 10.5, "11", "x", true, big]);
    const times = ["2025-12-31", "2026-01-01", "2026-01-31T23:59:59Z", "2026-02-01T00:30:00+01:00", "2026-02-01T00:30:00Z", "soon", 5];
    expect(await refused({ rule: "range", min: "2026-01-01", max: "2026-02-01" }, times)).toEqual([
      "2025-12-31",
      "2026-02-01T00:30:00Z",
      "soon",
      5,
    ]);
    expect(await refused({ rule: "range", min: "b" }, ["a", "b", "c"])).toEqual(["a"]);
  });

  test("matches takes values that match whole", async () => {
    expect(await refused({ rule: "matches", pattern: "[A-Zé]+-\\d+" }, ["INV-1", "é-2", 'A"-1', "INV-1 ", "inv-1", 7, null])).toEqual([
      'A"-1',
      "INV-1 ",
      "inv-1",
      7,
    ]);
  });

  test("unique finds values that came before, NULL never", async () => {
    const rows = [1, 1.0, "1", "a", "a", null, null, { b: 1 }, { b: 1 }];
    const text = schema + rows.map((v, id) => record({ id, v })).join("") + record({ id: 9, v: "a", w: [] }) + state(1);
    const { found } = await check(text, [{ ...base, id: "c", rule: "unique", columns: ["v"] }]);
    expect(found.first.map(({ keys }) => keys?.id)).toEqual([1, 4, 8, 9]);
    const pairs = await check(text, [{ ...base, id: "c", rule: "unique", columns: ["v", "id"] }]);
    expect(pairs.found).toMatchObject({ status: "passed", failed: 0, rows: 10 });
  });

  test("a record that deletes its row is not checked", async () => {
    const text = schema + record({ id: 1, _sdc_deleted_at: "2026-01-01T00:00:00Z" }) + state(1);
    expect((await check(text, [notNull])).found).toMatchObject({ status: "passed", rows: 0 });
  });
});

describe("on_fail: stop", () => {
  const stop: Check = { ...notNull, on_fail: "stop" };
  const text =
    schema + record({ id: 1, v: 1 }) + state(1) + record({ id: 2, v: 1 }) + record({ id: 3, v: null }) + record({ id: 4, v: 1 }) + state(2);

  test("rows before the last STATE before the row are committed with it; the row and what follows are not", async () => {
    const { states, durable, error, found } = await check(text, [stop]);
    expect({ states, durable }).toEqual({ states: [1], durable: ["s1"] });
    expect(error).toMatchObject({
      code: "check_stopped",
      class: "data",
      message: "A row does not keep a rule that stops the load: v is not null (key id=3)",
      position: { stream: "s", line: 5, column: "v" },
    });
    expect(found).toMatchObject({ status: "failed", failed: 1, first: [{ keys: { id: 3 }, line: 5 }] });
  });

  test("the first row that breaks any rule stops, and warnings of rows that are in no commit do not count", async () => {
    const warn: Check = { ...base, id: "w", rule: "range", column: "id", max: 0 };
    const { told, error } = await check(text, [{ ...stop, rule: "range", column: "id", max: 3, id: "late" } as Check, stop, warn]);
    expect(error).toMatchObject({ position: { line: 5 } });
    expect(told.filter(({ id }) => id === "w").at(-1)).toMatchObject({ rows: 1, failed: 1 });
    expect(told.filter(({ id }) => id === "late").at(-1)).toMatchObject({ status: "passed" });
  });

  test("without a STATE before the row nothing is committed", async () => {
    const { states, durable } = await check(schema + record({ id: 1, v: 1 }) + record({ id: 2, v: null }) + state(1), [stop]);
    expect({ states, durable }).toEqual({ states: [], durable: [] });
  });
});

test("counts are told after each commit, and are those of durable rows", async () => {
  const text = schema + row("s", 1) + state(1) + row("s", 2) + row("s", 3) + state(2);
  const { told } = await check(text, [notNull], { batch_size_rows: 1 });
  expect(told.map(({ rows, failed }) => [rows, failed])).toEqual([
    [1, 1],
    [3, 3],
    [3, 3],
  ]);
});

test("a column that the stream does not have ends the load before a row of it is taken", async () => {
  const { error, durable } = await check(schema + row("s", 1) + state(1), [{ ...notNull, column: "V" } as Check]);
  expect(error).toMatchObject({ code: "check_column_missing", class: "config", position: { stream: "s", column: "V" } });
  expect(durable).toEqual([]);
});

test("a check whose stream does not arrive was not run", async () => {
  const { found } = await check(schema + row("s", 1) + state(1), [{ ...notNull, stream: "other" }]);
  expect(found).toMatchObject({ status: "not_run", reason: "the stream did not arrive" });
});
