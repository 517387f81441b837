import type { LoadedStream } from "@tapline/protocol";
import { expect, test } from "vitest";
import { downstreamOf, type ManifestSource } from "./downstream.ts";

const source = (name: string, identifier = name, schema = "main"): ManifestSource => ({
  source_name: "raw",
  package_name: "shop",
  name,
  identifier,
  schema,
});
const manifest = (...sources: ManifestSource[]) => ({ sources: Object.fromEntries(sources.map((each) => [each.name, each])) });
const loaded = (stream: string, table: string | null): LoadedStream => ({ step: "load", tap: "tap-a", stream, table, rows: 1 });

test("a table is found by schema and identifier, whatever the source calls it", () => {
  const found = downstreamOf(manifest(source("things", "items"), source("items", "items", "other")), [loaded("items", "main.items")]);
  expect(found).toEqual({ selectors: ["source:shop.raw.things+"], unknown: [] });
});

test("where no table was told the stream's name stands for it", () => {
  expect(downstreamOf(manifest(source("items")), [loaded("items", null)]).selectors).toEqual(["source:shop.raw.items+"]);
});

test("names may be of any kind: what means something in a selection is left open", () => {
  const names = downstreamOf(manifest(source("the orders, +1", 'or"ders')), [loaded("x", 'main.or"ders')]);
  expect(names.selectors).toEqual(["source:shop.raw.the?orders???1+"]);
  const doubled = downstreamOf(manifest(source("a", 'or""ders')), [loaded("x", 'main.or"ders')]);
  expect(doubled.selectors).toEqual(["source:shop.raw.a+"]);
});

test("a table that is no source is told", () => {
  expect(downstreamOf(manifest(source("items")), [loaded("orders", "main.orders")])).toEqual({ selectors: [], unknown: ["main.orders"] });
});
