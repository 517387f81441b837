/**
 * Extreme shapes loaded into both databases by the real executables: 400 and 1,700 columns, a record of 100 MB, 10,000 streams, a million of
 * the shortest rows, 300 columns added one after another. Memory stays bounded and time linear.
 * Covers: packages/columns/src, packages/sql/src, packages/sdk/src/target, plugins/target-postgres/src, plugins/target-duckdb/src, packages/workspace/src/wide.ts, packages/workspace/long/wide.test.ts
 */
import { describe, expect, type TestContext, test } from "vitest";
import { lastJsonLine } from "../src/command.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { recordLine, schemaLine, stateLine, targets, type Watched, wideDatabase, wideProperties, wideRow } from "../src/wide.ts";
import bars from "./wide.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const server = suiteServer();

const summaryOf = ({ seconds, peakMiB }: Watched): Record<string, number> => ({
  seconds: Math.round(seconds * 10) / 10,
  peak_mib: peakMiB,
});

function expectWhole(ended: Watched): void {
  expect({ code: ended.code, error: ended.code === 0 ? "" : ended.stderr.slice(-2000) }).toEqual({ code: 0, error: "" });
}

function* wide(columns: number, rows: number): Generator<string> {
  yield schemaLine("s", wideProperties(columns), ["id"]);
  for (let id = 0; id < rows; id++) yield recordLine("s", wideRow(columns, id));
}

/** Each with three rows and a STATE. */
function* manyStreams(count: number): Generator<string> {
  for (let at = 0; at < count; at++) {
    yield schemaLine(`s${at}`, { id: { type: "integer" }, t: { type: "string" } }, ["id"]);
    for (let id = 0; id < 3; id++) yield recordLine(`s${at}`, { id, t: `row ${id}` });
    yield stateLine(at);
  }
}

/** A commit every hundred streams: DuckDB keeps 20 KB of memory for each column of a table that is made in one. */
const manyCommits = { batch_size_rows: 300 };
/** What the database and the target keep of a table of nine columns, in KiB: most of it are DuckDB's statistics. */
const mostKiBOfStream = bars.stream_most_kib;

/** As short as a record can be. */
function* shortRows(batches: number, rows: number): Generator<string> {
  yield schemaLine("s", { a: { type: "integer" } });
  for (let batch = 0; batch < batches; batch++) {
    for (let at = 0; at < rows; at++) yield '{"type":"RECORD","stream":"s","record":{"a":1}}\n';
    yield stateLine(batch);
  }
}

/** Each row adds a column. */
function* growing(columns: number): Generator<string> {
  for (let at = 1; at <= columns; at++) {
    yield schemaLine("s", wideProperties(at), ["id"]);
    yield recordLine("s", wideRow(at, at));
  }
}

const mebibyte = 2 ** 20;
/** A record exists as its line, its text, its value and the bytes that are sent, plus garbage that is not collected yet. */
const mostTimes = bars.record_most_times;
/** MiB: a million values are a million objects on the way. */
const mostOther = bars.record_most_other_mib;

function* largeRecord(value: string, schema: object): Generator<string> {
  yield schemaLine("s", { id: { type: "integer" }, v: schema });
  yield `{"type":"RECORD","stream":"s","record":{"id":1,"v":${value}}}\n`;
}

describe.each(targets)("%s", (target) => {
  test("400 columns of 10,000 rows, and again", async ({ task }: TestContext) => {
    await using place = await wideDatabase(target, server());
    const first = await place.load(wide(400, 10_000));
    expectWhole(first);
    const again = await place.load(wide(400, 10_000));
    expectWhole(again);
    const [row] = await place.query("SELECT count(*), sum(c0), sum(c396), count(c398), sum(c1) FROM s");
    const sum = (10_000 * 9999) / 2;
    const texts = Array.from({ length: 10_000 }, (_, id) => id + 398).filter((n) => n % 5 !== 0).length;
    expect(row?.map(Number)).toEqual([10_000, sum, sum + 396 * 10_000, texts, (sum + 10_000) / 8]);
    task.meta.result = { first: summaryOf(first), again: summaryOf(again) };
  });

  test("1,700 columns load, or are refused before a table is created", async ({ task }: TestContext) => {
    await using place = await wideDatabase(target, server());
    const ended = await place.load(wide(1700, 100));
    task.meta.result = summaryOf(ended);
    if (target === "target-postgres") {
      expect({ exit: ended.code, code: lastJsonLine(ended.stderr).code }).toEqual({ exit: 64, code: "too_many_columns" });
      expect(await place.query("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")).toEqual([["0"]]);
    } else {
      expectWhole(ended);
      expect(await place.query("SELECT count(*), max(c1696) FROM s")).toEqual([["100", String(1696 + 99)]]);
    }
  });

  test.for([
    { what: "a text of 100 MB", schema: { type: "string" }, empty: '""', size: 100 * mebibyte },
    { what: "an array of a million items", schema: { type: "array" }, empty: "[]", size: 1_000_000 },
  ])("$what in one record: memory is bounded by its length", async ({ schema, empty, size }, { task }) => {
    await using place = await wideDatabase(target, server());
    const isText = schema.type === "string";
    const value = JSON.stringify(isText ? "x".repeat(size) : Array.from({ length: size }, (_, n) => n));
    const base = await place.load(largeRecord(empty, schema));
    expectWhole(base);
    const ended = await place.load(largeRecord(value, schema));
    expectWhole(ended);
    const length = isText ? "length" : target === "target-duckdb" ? "json_array_length" : "jsonb_array_length";
    const [row] = await place.query(`SELECT max(${length}(v)) FROM s`);
    expect(Number(row?.[0])).toBe(size);
    const record = value.length / mebibyte;
    task.meta.result = { record_mib: Math.round(record), base: summaryOf(base), ...summaryOf(ended) };
    expect(ended.peakMiB - base.peakMiB).toBeLessThan(mostTimes * record + mostOther);
  });

  test("10,000 streams take at most fifteen times as long as 1,000, and no more memory than their tables need", async ({
    task,
  }: TestContext) => {
    await using few = await wideDatabase(target, server());
    const thousand = await few.load(manyStreams(1000), manyCommits);
    expectWhole(thousand);
    await using many = await wideDatabase(target, server());
    const all = await many.load(manyStreams(10_000), manyCommits);
    expectWhole(all);
    const names = "FROM information_schema.tables WHERE table_name LIKE 's%' AND table_schema IN ('public', 'main')";
    expect(await many.query(`SELECT count(*) ${names}`)).toEqual([["10000"]]);
    expect(await many.query("SELECT (SELECT count(*) FROM s0), (SELECT count(*) FROM s9999), (SELECT max(t) FROM s5000)")).toEqual([
      ["3", "3", "row 2"],
    ]);
    task.meta.result = { thousand: summaryOf(thousand), ...summaryOf(all) };
    expect(all.seconds).toBeLessThan(bars.streams_most_times * thousand.seconds);
    expect(all.peakMiB - thousand.peakMiB).toBeLessThan((9000 * mostKiBOfStream[target]) / 1024);
  });

  test("batches of 200,000 of the shortest rows: time and memory as their bytes", async ({ task }: TestContext) => {
    await using one = await wideDatabase(target, server());
    const first = await one.load(shortRows(1, 200_000), { batch_size_rows: 200_000 });
    expectWhole(first);
    await using place = await wideDatabase(target, server());
    const five = await place.load(shortRows(5, 200_000), { batch_size_rows: 200_000 });
    expectWhole(five);
    expect(await place.query("SELECT count(*), sum(a) FROM s")).toEqual([["1000000", "1000000"]]);
    task.meta.result = { first: summaryOf(first), ...summaryOf(five) };
    expect(five.seconds).toBeLessThan(bars.short_rows_most_times * first.seconds);
    expect(five.peakMiB - first.peakMiB).toBeLessThan(bars.short_rows_most_mib);
  });

  test("300 columns added one by one: none is lost, and the time is linear", async ({ task }: TestContext) => {
    await using few = await wideDatabase(target, server());
    const half = await few.load(growing(150));
    expectWhole(half);
    await using place = await wideDatabase(target, server());
    const ended = await place.load(growing(300));
    expectWhole(ended);
    expect(await place.query("SELECT count(*), count(c0), count(c297), max(c296) FROM s")).toEqual([["300", "300", "3", "596"]]);
    task.meta.result = { half: summaryOf(half), ...summaryOf(ended) };
    expect(ended.seconds).toBeLessThan(bars.growing_most_times * half.seconds);
  });
});
