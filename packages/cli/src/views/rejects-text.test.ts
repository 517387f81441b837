import type { ReplayedRejects } from "@tapline/protocol";
import { expect, test } from "vitest";
import { describeRejects, describeReplay, type ListedReject } from "./rejects-text.ts";

const reject: ListedReject = {
  plugin: "target-duckdb",
  id: "mx2icbh50000c00ead",
  stream: "orders",
  position: { line: 2, column: "v" },
  code: "record_invalid",
  reason: 'A record does not fit its schema: v must have 3 characters or less; it is the string "long"',
  run_id: null,
  rejected_at: "2026-01-31T00:06:07.000Z",
  kept_in: "orders__rejects",
};

test("a narrow terminal shows the whole reason below its row", () => {
  expect(describeRejects([reject], 80)).toEqual([
    "plugin         id                  rejected (UTC)       stream  position",
    "  reason",
    "target-duckdb  mx2icbh50000c00ead  2026-01-31 00:06:07  orders  input line 2,",
    '               column "v"',
    "  A record does not fit its schema: v must have 3 characters or less; it is the",
    '  string "long"',
    "",
    "To see the whole row: tapline rejects show target-duckdb mx2icbh50000c00ead",
  ]);
});

test("where there is room, or no terminal, each row is one line", () => {
  const next = "To see the whole row: tapline rejects show target-duckdb mx2icbh50000c00ead";
  const wide = describeRejects([reject], 200);
  expect(wide).toEqual([expect.stringMatching(/position +reason$/), expect.stringMatching(/column "v" {2}A record .* "long"$/), "", next]);
  expect(describeRejects([reject])).toEqual(wide);
});

test("a replay prints why the first rows were rejected again, and how many more there are", () => {
  const replayed: ReplayedRejects = { stream: "orders", inserted: 1, updated: 0, newer: 0, refused: 4, without_schema: 0 };
  const first = [
    { id: "a1", reason: "v is too long" },
    { id: "a2", reason: "v is\u001b[2J missing" },
  ];
  expect(describeReplay([{ ...replayed, first_refused: first }])).toEqual([
    "orders: 1 row loaded (1 inserted, 0 updated); 4 rows rejected again and kept",
    "  a1: v is too long",
    "  a2: v is missing",
    "  and 2 more, see: tapline rejects list",
  ]);
  expect(describeReplay([replayed])).toHaveLength(1);
});
