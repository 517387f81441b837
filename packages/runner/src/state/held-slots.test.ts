import { expect, test } from "vitest";
import { describeHeldSlots, slotsIn } from "./held-slots.ts";

const state = (...slots: (string | undefined)[]): string =>
  JSON.stringify({ bookmarks: Object.fromEntries(slots.map((slot, n) => [`s${n}`, { lsn: "0/1", ...(slot && { slot }) }])) });

test("each slot is named once, with how to drop it and its publication; other states name none", () => {
  expect(slotsIn([state("a", "a", undefined), state("b"), null, "{}", '{"bookmarks":null}', '"x"'])).toEqual(["a", "b"]);
  expect(describeHeldSlots(["tapline_a"]).join("\n")).toContain(
    `SELECT pg_drop_replication_slot('tapline_a'); DROP PUBLICATION IF EXISTS "tapline_a";`,
  );
  expect(describeHeldSlots([])).toEqual([]);
});
