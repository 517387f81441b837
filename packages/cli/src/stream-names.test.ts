import { expect, test } from "vitest";
import { nearStreams, streamsCalled } from "./stream-names.ts";

const known = ["public-orders", "public-order_lines", "sales-orders", "public-items", "plain"];

test.each([
  ["public-orders", ["public-orders"]],
  ["public.orders", ["public-orders"]],
  ["orders", ["public-orders", "sales-orders"]],
  ["items", ["public-items"]],
  ["Public.Items", ["public-items"]],
  ["plain", ["plain"]],
  ["other.orders", []],
  ["order", []],
])("%s means %j", (table, streams) => {
  expect(streamsCalled(table, known)).toEqual(streams);
});

test.each([
  ["public.ordes", ["public-orders", "sales-orders"]],
  ["order", ["public-orders", "public-order_lines", "sales-orders"]],
  ["other.orders", ["public-orders", "sales-orders"]],
  ["zebra", []],
])("near to %s are %j", (table, streams) => {
  expect(nearStreams(table, known)).toEqual(streams);
});
