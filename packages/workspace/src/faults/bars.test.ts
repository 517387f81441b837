/** Each bar must fall where it should: what a load in peace leaves holds, and every harm to it is named. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { differences, redoneTooMuch, stateAhead, tornCut } from "./bars.ts";
import type { StoredRow } from "./database.ts";
import { rowAt, type Source } from "./source.ts";

const source: Source = {
  seed: 7,
  rows: 100,
  streams: 3,
  keys: 9,
  row_bytes: 40,
  part_rows: 10,
  pause_ms: 0,
  state_every: 10,
  state_bytes: 0,
  log: "",
};

const held = (n: number): StoredRow => {
  const { stream, row } = rowAt(source, n);
  return { stream, id: row.id, n, digest: createHash("md5").update(row.text).digest("hex") };
};
const appended = Array.from({ length: source.rows }, (_, index) => held(index + 1));
const upserted = [...new Map(appended.map((row) => [`${row.stream} ${row.id}`, row])).values()];

test("what was sent, and only that, is no difference", () => {
  expect(differences(appended, source, "append-only", [])).toEqual([]);
  expect(differences(upserted, source, "upsert", [])).toEqual([]);
  expect(upserted.length).toBeLessThan(source.rows);
});

test("rows that are lost, doubled, outdated or never sent are named", () => {
  expect(differences(appended.slice(1), source, "append-only", [])).toEqual(["lost: 1 rows (1)"]);
  expect(differences([...appended, held(50)], source, "append-only", [50])).toEqual(["doubled: 1 rows (50)"]);
  expect(differences([...upserted, upserted[0] as StoredRow], source, "upsert", [0])[0]).toMatch(/^doubled: 1 rows/);
  expect(differences([...upserted, held(1)], source, "upsert", [])[0]).toMatch(/still in the table: 1 rows \(1\)/);
  expect(differences(upserted.slice(1), source, "upsert", [])[0]).toMatch(/^lost: 1 rows/);
  const changed = { ...held(3), digest: "other" };
  expect(differences([...appended.filter(({ n }) => n !== 3), changed], source, "append-only", [])[0]).toMatch(
    /not as they were sent.*"n":3/,
  );
  expect(differences([...appended, { ...held(1), n: 101 }], source, "append-only", [])[0]).toMatch(/not as they were sent/);
});

test("after a STATE a row may be in the table one more time, and no more", () => {
  expect(differences([...appended, held(51)], source, "append-only", [50])).toEqual([]);
  expect(differences([...appended, held(51), held(51)], source, "append-only", [50])).toEqual(["doubled: 1 rows (51)"]);
});

test("a STATE is ahead when a row before it is missing", () => {
  expect(stateAhead(appended.slice(0, 50), source, "append-only", 50)).toEqual([]);
  expect(stateAhead(appended.slice(0, 50), source, "append-only", 51)[0]).toMatch(/it covers 51.*1 rows \(51\)/);
  const early = [...new Map(appended.slice(0, 50).map((row) => [`${row.stream} ${row.id}`, row])).values()];
  expect(stateAhead(early, source, "upsert", 50)).toEqual([]);
  expect(stateAhead(upserted, source, "upsert", 50)).toEqual([]);
  expect(stateAhead(early, source, "upsert", 60)).not.toEqual([]);
});

test("appended rows end at a STATE", () => {
  expect(tornCut([], source, "append-only")).toEqual([]);
  expect(tornCut(appended.slice(0, 30), source, "append-only")).toEqual([]);
  expect(tornCut(appended, { ...source, state_every: 30 }, "append-only")).toEqual([]);
  expect(tornCut(appended.slice(0, 31), source, "append-only")[0]).toMatch(/^row 31 /);
});

test("rows that waited longer than a commit may wait, and were sent again, are named", () => {
  const sent = [10, 20, 30, 40].map((last, index) => ({ last, at: index * 2000 }));
  const again = (from: number) => [
    { from: 0, sent },
    { from, sent: [] },
  ];
  expect(redoneTooMuch(again(20), { commit_after_ms: 100 })).toEqual([]);
  expect(redoneTooMuch(again(10), { commit_after_ms: 100 })[0]).toMatch(/^rows from 11 on.*waited 4000 ms/);
  expect(redoneTooMuch([...again(20), { from: 0, sent: [] }], { commit_after_ms: 100 })[0]).toMatch(/^rows from 1 on/);
});
