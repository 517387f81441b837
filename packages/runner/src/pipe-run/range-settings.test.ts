import type { Catalog, CatalogStream } from "@tapline/protocol";
import { expect, test } from "vitest";
import type { Step } from "../model/step.ts";
import { rangeSettingsOf } from "./range-settings.ts";

const entry = (stream: string, kind: string, keys: string[] = ["id"]): CatalogStream => ({
  tap_stream_id: stream,
  stream,
  schema: {},
  key_properties: keys,
  replication_key: "at",
  metadata: [{ breadcrumb: [], metadata: { selected: true, "range-keys": { at: kind } } }],
});
const catalog: Catalog = { streams: [entry("a", "instant"), entry("b", "local"), entry("c", "date")] };
const step = (replaces: boolean, config = {}, capabilities = ["commit-once", "replace-range"]): Step =>
  ({
    range: { from: "2026-01-31T00:00:00+01:00", to: "2026-02-01T00:00:00+01:00", replaces },
    target: { plugin: { config }, about: { capabilities } },
  }) as unknown as Step;

test("each kind of key has its bounds as its values are on the wire", () => {
  expect(rangeSettingsOf(step(true), null, catalog)).toEqual({
    commit_once: true,
    replace_range: {
      a: { column: "at", from: "2026-01-30T23:00:00.000Z", to: "2026-01-31T23:00:00.000Z" },
      b: { column: "at", from: "2026-01-31T00:00:00Z", to: "2026-02-01T00:00:00Z" },
      c: { column: "at", from: "2026-01-31", to: "2026-02-01" },
    },
  });
});

test("a run that goes on after a commit deletes nothing of the streams that the commit has", () => {
  const state = JSON.stringify({ bookmarks: { a: { replication_key: "at", replication_key_value: "2026-02-01" }, b: {} } });
  expect(Object.keys(rangeSettingsOf(step(true), state, catalog).replace_range ?? {})).toEqual(["b", "c"]);
});

test("rows that are added are committed once, where the target can; rows that replace those of their key as ever", () => {
  expect(rangeSettingsOf(step(false), null, catalog)).toEqual({});
  expect(rangeSettingsOf(step(false), null, { streams: [entry("a", "instant", [])] })).toEqual({ commit_once: true });
  expect(rangeSettingsOf(step(false, { load_method: "append-only" }), null, catalog)).toEqual({ commit_once: true });
  expect(rangeSettingsOf(step(false, { load_method: "append-only" }, []), null, catalog)).toEqual({});
});
