import { expect, test } from "vitest";
import { foldCase, spellName } from "./name-case.ts";

test.each([
  ["customerName", "customer_name"],
  ["CustomerName", "customer_name"],
  ["HTMLPage", "html_page"],
  ["orderID", "order_id"],
  ["line2Item", "line2_item"],
  ["customer_name", "customer_name"],
  ["__typename", "__typename"],
  ["Net price (EUR)", "net_price_eur"],
  ["a.b-c", "a_b_c"],
  ["GrößeÄußer", "größe_äußer"],
  ["%", "%"],
  ["", ""],
  ["_sdc_batched_at", "_sdc_batched_at"],
])("%j in snake_case is %j", (name, expected) => {
  expect(spellName(name, "snake_case")).toBe(expected);
  expect(spellName(expected, "snake_case")).toBe(expected);
  expect(spellName(name, "as_is")).toBe(name);
});

test("only the case of ASCII letters is folded", () => {
  expect(foldCase("Total NET")).toBe("total net");
  expect(foldCase("ÄB")).not.toBe(foldCase("äb"));
});
