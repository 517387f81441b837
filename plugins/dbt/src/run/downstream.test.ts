import type { LoadedStream } from "@tapline/protocol";
import { expect, test } from "vitest";
import { downstreamOf, type ManifestSource, upstreamOf } from "./downstream.ts";

const source = (name: string, identifier = name, schema = "main"): ManifestSource => ({
  source_name: "raw",
  package_name: "shop",
  name,
  identifier,
  schema,
});
const manifest = (...sources: ManifestSource[]) => ({ sources: Object.fromEntries(sources.map((each) => [each.name, each])) });
const loaded = (stream: string, table: string | null): LoadedStream => ({ step: "load", tap: "tap-a", stream, table, rows: 1 });

test("a table is found by schema and identifier, whatever its name in the source", () => {
  const found = downstreamOf(manifest(source("things", "items"), source("items", "items", "other")), [loaded("items", "main.items")]);
  expect(found).toEqual({ selectors: ["source:shop.raw.things+"], unknown: [] });
});

test("without a table, the name of the stream is used", () => {
  expect(downstreamOf(manifest(source("items")), [loaded("items", null)]).selectors).toEqual(["source:shop.raw.items+"]);
});

test("names may have any characters: those with a meaning in a selection become ?", () => {
  const names = downstreamOf(manifest(source("the orders, +1", 'or"ders')), [loaded("x", 'main.or"ders')]);
  expect(names.selectors).toEqual(["source:shop.raw.the?orders???1+"]);
  const doubled = downstreamOf(manifest(source("a", 'or""ders')), [loaded("x", 'main.or"ders')]);
  expect(doubled.selectors).toEqual(["source:shop.raw.a+"]);
});

test("a table that is not a source is reported", () => {
  expect(downstreamOf(manifest(source("items")), [loaded("orders", "main.orders")])).toEqual({ selectors: [], unknown: ["main.orders"] });
});

test("a node reads other nodes, by their ids, and sources, by their tables", () => {
  const sources = { "source.shop.raw.items": source("items", 'the ""items""') };
  const parents = { "model.shop.a": ["source.shop.raw.items"], "model.shop.b": ["model.shop.a"] };
  const read = (id: string) => upstreamOf({ sources, parent_map: parents }, id);
  expect(read("model.shop.a")).toEqual(['main.the "items"']);
  expect(read("model.shop.b")).toEqual(["model.shop.a"]);
  expect(read("model.shop.c")).toEqual([]);
});
