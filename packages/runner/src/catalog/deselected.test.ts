import type { Catalog } from "@tapline/protocol";
import { expect, test } from "vitest";
import { catalogInFile, deselectedColumns } from "./deselected.ts";

const property = { type: ["null", "string"] };
const metadata = (name: string, values: object) => ({ breadcrumb: ["properties", name], metadata: values });
const stream = (name: string, selected: boolean, entries: object[]) => ({
  tap_stream_id: `public-${name}`,
  stream: name,
  key_properties: ["id"],
  schema: { type: "object", properties: { id: property, a: property, b: property, c: property } },
  metadata: [{ breadcrumb: [], metadata: { selected } }, ...entries],
});

test("columns that are not selected, by the stream's name in messages; keys and automatic columns are always sent", () => {
  const streams = [
    stream("orders", true, [
      metadata("id", { selected: false }),
      metadata("a", { selected: false }),
      metadata("b", { inclusion: "unsupported" }),
    ]),
    stream("items", true, [
      metadata("a", { "selected-by-default": false }),
      metadata("b", { "selected-by-default": false, selected: true }),
      metadata("c", { selected: false, inclusion: "automatic" }),
    ]),
    stream("whole", true, []),
    stream("unread", false, [metadata("a", { selected: false })]),
  ];
  expect(deselectedColumns({ streams } as unknown as Catalog)).toEqual({ orders: ["a", "b"], items: ["a"] });
});

test("a catalog file that can't be read is left to the tap", () => {
  expect(catalogInFile("/nowhere/catalog.json")).toBeUndefined();
});
