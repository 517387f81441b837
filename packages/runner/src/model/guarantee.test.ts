import { expect, test } from "vitest";
import { guaranteeOf, guaranteeOfRun } from "./guarantee.ts";

const ours = { capabilities: ["exactly-once"] };

test.each([
  ["one that keeps a ledger and reports it", ours, { exactlyOnce: true, reason: undefined }, true, /keeps its state with the rows/],
  ["one that could not make its table", ours, { exactlyOnce: false, reason: "no right" }, false, /^no right$/],
  ["one that reports nothing", ours, undefined, false, /did not report/],
  ["one that lists nothing, whatever it reports", { capabilities: [] }, { exactlyOnce: true, reason: undefined }, false, /keeps no ledger/],
  ["a stranger", null, undefined, false, /does not answer to --about/],
])("%s", (_name, about, delivery, exactlyOnce, reason) => {
  expect(guaranteeOfRun(about, delivery)).toEqual({ exactlyOnce, reason: expect.stringMatching(reason) });
});

test("before a run what is listed counts", () => {
  expect([guaranteeOf(ours).exactlyOnce, guaranteeOf({}).exactlyOnce]).toEqual([true, false]);
});
