import { expect, test } from "vitest";
import { tableChoice } from "./table-choice.ts";

test("tables are chosen by both patterns; those that match nothing are named", () => {
  const choice = tableChoice({ filter_schemas: ["main", "s*"], filter_tables: "*.orders,none.*" });
  expect(choice.takes("main", "orders")).toBe(true);
  expect(choice.takes("main", "items")).toBe(false);
  expect(choice.takes("other", "orders")).toBe(false);
  expect(choice.unmatched()).toEqual(['filter_schemas "s*"', 'filter_tables "none.*"']);
});

test("the ledger of loads is no stream", () => {
  expect(tableChoice({ filter_tables: "*.*" }).takes("main", "_tapline_loads")).toBe(false);
});
