/** Plain names are readable, unique and short enough. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { modelNames, plainNames } from "./names.ts";

const one = (name: string): string => plainNames([name], "column", ["valid_from"])[0] as string;

test.each([
  ["Item Name", "item_name"],
  ["QuickBooks Internal Id", "quickbooks_internal_id"],
  ["item_name", "item_name"],
  ["_sdc_batched_at", "_sdc_batched_at"],
  ["  % Discount (net) ", "discount_net"],
  ["2nd", "_2nd"],
  ["Größe", "größe"],
  ["日本", "日本"],
  ["{{}}", "column"],
  ["Valid From", "source_valid_from"],
])("%j is %j", (name, plain) => {
  expect(one(name)).toBe(plain);
});

test("names that would be equal get different ones, and a plain name does not change", () => {
  expect(plainNames(["Item Name", "item-name", "item_name"], "column", [])).toEqual(["item_name_2", "item_name_3", "item_name"]);
});

test("models of streams", () => {
  expect(modelNames(["shop-orders", "items"])).toEqual([
    { table: "shop_orders", staging: "stg_shop_orders", history: "shop_orders_history" },
    { table: "items", staging: "stg_items", history: "items_history" },
  ]);
});

test("any names: all different, short enough for PostgreSQL, without path separators or quotes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 80 })), (names) => {
      const plain = plainNames(names, "column", ["valid_from"]);
      expect(new Set(plain).size).toBe(names.length);
      for (const name of plain) {
        expect(name).toMatch(/^[\p{L}\p{M}\p{N}_]+$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(50);
      }
    }),
  );
});
