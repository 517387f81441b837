import type { Catalog } from "@tapline/protocol";
import { expect, test } from "vitest";
import { checkKeys, configOf, joinStreams, streamsOfFiles } from "./propose-streams.ts";

const opening = { extensions: [".csv"], setting: "path", list: "files", stream: "entity", keys: "keys" };

function catalogOf(streams: Record<string, { columns: string[]; candidates?: string[] }>): Catalog {
  return {
    streams: Object.entries(streams).map(([name, { columns, candidates }]) => ({
      tap_stream_id: name,
      stream: name,
      schema: { type: "object", properties: Object.fromEntries(columns.map((column) => [column, { type: ["null", "integer"] }])) },
      key_properties: [],
      metadata: candidates === undefined ? [] : [{ breadcrumb: [], metadata: { "key-candidates": candidates } }],
    })),
  };
}

test("streams are named after their files, each by another name", () => {
  const names = (...files: string[]): string[] => streamsOfFiles(files).map(({ name }) => name);
  expect(names("/a/Sales 2026.csv", "/b/sales-2026.CSV", "/a/über.csv.gz", "/a/....csv")).toEqual([
    "sales_2026",
    "sales_2026_2",
    "über",
    "stream",
  ]);
});

test("files with the same columns, in any order, are one stream; its key must be a candidate in each of them", () => {
  const found = streamsOfFiles(["/in/sales-2026-01.csv", "/in/sales-2026-02.csv", "/in/stock.csv"]);
  const catalog = catalogOf({
    sales_2026_01: { columns: ["id", "qty"], candidates: ["id", "qty"] },
    sales_2026_02: { columns: ["qty", "id"], candidates: ["id"] },
    stock: { columns: ["code"] },
  });
  expect(joinStreams(found, catalog)).toMatchObject([
    { name: "sales", files: ["/in/sales-2026-01.csv", "/in/sales-2026-02.csv"], keyCandidates: ["id"] },
    { name: "stock", files: ["/in/stock.csv"], keyCandidates: [] },
  ]);
});

test("the settings have the form that the plugin reports", () => {
  const streams = [
    { name: "sales", files: ["/in/a.csv", "/in/b.csv"], keys: ["id"] },
    { name: "stock", files: ["/in/c.csv"], keys: [] },
  ];
  expect(configOf(opening, streams, (path) => path.slice(1))).toEqual({
    files: [
      { entity: "sales", path: ["in/a.csv", "in/b.csv"], keys: ["id"] },
      { entity: "stock", path: "in/c.csv" },
    ],
  });
  expect(configOf({ extensions: [".db"], setting: "file" }, streams.slice(1))).toEqual({ file: "/in/c.csv" });
});

test("a key that is no column is named with the columns that there are", () => {
  const [stream] = joinStreams(streamsOfFiles(["/stock.csv"]), catalogOf({ stock: { columns: ["code", "qty"] } }));
  if (stream === undefined) throw new Error("no stream");
  expect(() => checkKeys(stream, ["cod"])).toThrow("stock has no column cod; it has code, qty");
});
