import { expect, test } from "vitest";
import { tableName } from "./table-name.ts";

test.each<[string, "singer_sdk" | "exact", string | undefined, string]>([
  ["orders", "singer_sdk", undefined, "main.orders"],
  ["shop-orders", "singer_sdk", undefined, "shop.orders"],
  ["db-shop-orders", "singer_sdk", undefined, "shop.orders"],
  ["a-b-c-d", "singer_sdk", undefined, "main.d"],
  ["shop-orders", "singer_sdk", "raw", "raw.orders"],
  ["shop-orders", "exact", undefined, "main.shop-orders"],
  ["shop-orders", "exact", "raw", "raw.shop-orders"],
  ["shop-", "singer_sdk", undefined, "main.shop-"],
  ["-", "singer_sdk", undefined, "main.-"],
])("stream %s, %s, default_target_schema %s: %s", (stream, streamNames, defaultSchema, expected) => {
  const { schema, table } = tableName(stream, { streamNames, defaultSchema, fallbackSchema: "main" });
  expect(`${schema}.${table}`).toBe(expected);
});
