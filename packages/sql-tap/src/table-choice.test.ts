import { expect, test } from "vitest";
import { tableChoice } from "./table-choice.ts";

test("tables are chosen by both patterns; those that match nothing are named", () => {
  const choice = tableChoice({ filter_schemas: ["main", "s*"], filter_tables: "*.orders,none.*" });
  expect(choice.takes("main", "orders")).toBe(true);
  expect(choice.takes("main", "items")).toBe(false);
  expect(choice.takes("other", "orders")).toBe(false);
  expect(choice.unmatched()).toEqual(['filter_schemas "s*"', 'filter_tables "none.*"']);
});

test("a pattern that matches nothing is told with the name that was likely meant", () => {
  const choice = tableChoice({ filter_schemas: "mian", filter_tables: ["main.oders", "main.items", "m.order*"] });
  for (const table of ["orders", "items"]) choice.takes("main", table);
  expect(choice.unmatched()).toEqual([
    'filter_schemas "mian" (did you mean "main"?)',
    'filter_tables "main.oders" (did you mean "main.orders"?)',
    'filter_tables "m.order*"',
  ]);
  expect(choice.settings).toBe(
    'filter_schemas ["mian"] (did you mean "main"?) and filter_tables ["main.oders","main.items","m.order*"] (did you mean "main.orders"?)',
  );
});

test("the ledger of loads is no stream", () => {
  expect(tableChoice({ filter_tables: "*.*" }).takes("main", "_tapline_loads")).toBe(false);
});
