/**
 * Events that MariaDB 10.11 wrote, as it sent them: CREATE TABLE fx (id int unsigned, name varchar(20) latin1, price decimal(10,2), kind
 * enum('a','ü') latin1, at datetime(3), big bigint); an INSERT of two rows, an UPDATE of a key, a DELETE and a TRUNCATE.
 */
import { expect, test } from "vitest";
import { cellText } from "../read/row-lines.ts";
import { findValues, type LogRow } from "./change-lines.ts";
import { EventReader, type LogEvent, UnreadableEvent } from "./events.ts";
import { RowText } from "./row-text.ts";
import { writeValue } from "./row-values.ts";
import type { TableMap } from "./table-map.ts";

const events = [
  "00000000040100000029000000000000002000040000000000000062696e2e3030303030335fee8c4b",
  "03180e6b0f01000000fc000000000100000000040031302e31312e31392d4d6172696144422d302b646562313275312d6c6f6700000000000000000000000000000000000000000000000013380d000800120004040404120000e400041a08000000080808020000000a0a0a0000000000000a0a0a0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000041304000d0808080a0a0a01fabd172a",
  "03180e6ba3010000002b0000002b01000000000100000000000000010000001b00000000000000d58952ea",
  "03180e6ba101000000250000005001000000000a00000062696e2e303030303032a297128d",
  "03180e6ba101000000250000007501000000000a00000062696e2e303030303033202763cb",
  "03180e6ba2010000002a0000009f01000008001c000000000000000000000029000000000000b2cf668e",
  "03180e6b0201000000f80000009702000000001b0000000000000001000023000000000001010000205400000000060373746404210021002d0081bb000000000000007400637265617465207461626c652066782028696420696e7420756e7369676e6564207072696d617279206b65792c206e616d652076617263686172283230292063686172616374657220736574206c6174696e312c20707269636520646563696d616c2831302c32292c206b696e6420656e756d282761272c27c3bc27292063686172616374657220736574206c6174696e312c206174206461746574696d652833292c2062696720626967696e742992faf2dd",
  "00f15365a2010000002a000000c102000008001d00000000000000000000000c000000000000282c0710",
  "00f15365130100000065000000c203000000001e000000000001000174000266780006030ff6fe12080714000a02f701033e010180020108041a026964046e616d65057072696365046b696e64026174036269670a0108060502016101fc080100e0d90eb5",
  "00f153651701000000540000001604000000001e00000000000100063fc0ffffffff065afc726963687ffffff3cd0299b2bb7efb04e2ffffffffffffffffda01000000800000000501000000000020004334ce84",
  "00f1536510010000001f000000350400000000bd000000000000007fdcb8c4",
  "00f15365a2010000002a0000005f04000008001e00000000000000000000000c0000000000001d1181b1",
  "00f15365130100000065000000fc04000000001e000000000001000174000266780006030ff6fe12080714000a02f701033e010180020108041a026964046e616d65057072696365046b696e64026174036269670a0108060502016101fc0801005a184127",
  "00f153651801000000460000004205000000001e00000000000100063f3fda0100000080000000050100000000002000da07000000800000000501000000000020001deb4e6b",
  "00f1536510010000001f000000610500000000be000000000000009f4606a9",
  "00f15365a2010000002a0000008b05000008001f00000000000000000000000c000000000000bd33eb52",
  "00f153651301000000650000002206000000001e000000000001000174000266780006030ff6fe12080714000a02f701033e010180020108041a026964046e616d65057072696365046b696e64026174036269670a0108060502016101fc080100a9fa3dde",
  "00f153651901000000330000005506000000001e00000000000100063fda0700000080000000050100000000002000e66dc088",
  "00f1536510010000001f000000740600000000bf00000000000000ce78773a",
  "00f15365a2010000002a0000009e060000080020000000000000000000000029000000000000e5aa08e7",
  "00f1536502010000004b000000e906000000001b0000000327ba050100001a000000000001010000205400000000060373746404210021002d0074007472756e63617465206678847d4692",
].map((hex) => Buffer.from(hex, "hex"));

const latin1 = (bytes: Buffer): Buffer => Buffer.from(bytes.toString("latin1"));
const readAll = (): LogEvent[] => {
  const reader = new EventReader(true);
  return events.map((bytes) => reader.read(bytes, 0, bytes.length));
};

/** The rows of an event, as text. */
function rowsOf(event: LogEvent & { kind: "rows" }, map: TableMap): (string | null)[][] {
  const { bytes, start, end, present, presentAfter } = event.rows;
  const found: (string | null)[][] = [];
  const row: LogRow = { bytes, starts: new Int32Array(map.columns.length), ends: new Int32Array(map.columns.length) };
  for (let at = start, n = 0; at < end; n++) {
    at = findValues(bytes, at, map, n % 2 === 1 && presentAfter !== undefined ? presentAfter : present, row);
    const text = new RowText();
    text.start();
    for (const [i, column] of map.columns.entries()) {
      const form = { baseType: "", decode: column.name === "name" || column.name === "kind" ? latin1 : undefined };
      if ((row.starts[i] as number) < 0) text.null();
      else writeValue(bytes, row.starts[i] as number, row.ends[i] as number, column, form, text);
    }
    found.push(map.columns.map((_, i) => cellText(text.bytes, 0, i)));
  }
  return found;
}

test("transactions, statements and rows are found, with their values", () => {
  const all = readAll();
  expect(all.map(({ kind }) => kind).filter((kind) => kind !== "other" && kind !== "format")).toEqual([
    "rotate",
    ...["gtid", "query"],
    ...["gtid", "table", "rows", "commit"],
    ...["gtid", "table", "rows", "commit"],
    ...["gtid", "table", "rows", "commit"],
    ...["gtid", "query"],
  ]);
  const gtids = all.flatMap((event) => (event.kind === "gtid" ? [event] : []));
  expect(gtids.map(({ begins, isXa }) => [begins, isXa])).toEqual([
    [false, false],
    [true, false],
    [true, false],
    [true, false],
    [false, false],
  ]);
  expect(gtids[0]?.gtid).toMatch(/^0-1-\d+$/);
  const map = all.flatMap((event) => (event.kind === "table" ? [event.table] : []))[0] as TableMap;
  expect([map.schema, map.name, map.hasNames]).toEqual(["t", "fx", true]);
  expect(map.columns.map(({ name, isUnsigned }) => [name, isUnsigned])).toEqual([
    ["id", true],
    ["name", false],
    ["price", false],
    ["kind", false],
    ["at", false],
    ["big", false],
  ]);
  const [inserted, updated, deleted] = all.flatMap((event) => (event.kind === "rows" ? [event] : []));
  expect(rowsOf(inserted as never, map)).toEqual([
    ["4294967295", "Zürich", "-12.50", "ü", "2024-02-29 23:59:59.125", "-1"],
    ["1", null, "0.05", null, null, "9007199254740993"],
  ]);
  expect([inserted?.at, updated?.change, deleted?.change]).toEqual([1_700_000_000, "update", "delete"]);
  expect(rowsOf(updated as never, map).map(([id]) => id)).toEqual(["1", "7"]);
  expect(rowsOf(deleted as never, map).map(([id]) => id)).toEqual(["7"]);
  expect(all.at(-1)).toMatchObject({ kind: "query", schema: "t", sql: "truncate fx" });
});

test("an event with a wrong bit is refused by its checksum, and one that is cut by its length", () => {
  const rows = events.find((bytes) => bytes[4] === 23) as Buffer;
  const reader = new EventReader(true);
  const spoilt = Buffer.from(rows);
  spoilt[40] = (spoilt[40] as number) ^ 1;
  expect(() => reader.read(spoilt, 0, spoilt.length)).toThrow(UnreadableEvent);
  expect(() => reader.read(rows, 0, rows.length - 1)).toThrow(UnreadableEvent);
  expect(() => reader.read(rows, 0, 10)).toThrow(UnreadableEvent);
});

test("events that hold changes which can't be read are never passed over", () => {
  for (const type of [26, 39, 40]) {
    const bytes = Buffer.alloc(30);
    bytes[4] = type;
    bytes.writeUInt32LE(30, 9);
    expect(new EventReader(false).read(bytes, 0, 30)).toMatchObject({ kind: "unreadable" });
  }
});
