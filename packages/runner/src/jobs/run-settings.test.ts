import { expect, test } from "vitest";
import type { ReadyPlugin, Step } from "../model/step.ts";
import { applySettings, type RunSettings } from "./run-settings.ts";

interface Abilities {
  target?: string[];
  tapSettings?: object;
  mappers?: string[];
}

const plugin = (name: string, about: object): ReadyPlugin => ({ plugin: { name, config: {} }, about }) as unknown as ReadyPlugin;

const stepOf = ({ target = ["exactly-once", "replace-streams"], tapSettings = {}, mappers = [] }: Abilities): Step =>
  ({
    stateId: "dev:tap-a-to-target-b",
    tap: plugin("tap-a", { settings: { properties: tapSettings } }),
    mappers: mappers.map((name) => plugin(name, {})),
    target: plugin("target-b", { capabilities: target }),
  }) as unknown as Step;

const limiter = (): ReadyPlugin => plugin("limit", {});
const apply = (settings: RunSettings, abilities: Abilities = {}): Step => applySettings(stepOf(abilities), settings, limiter);

test.each<[string, RunSettings, Abilities]>([
  ["ledger_not_kept", { fromLedger: true }, { target: [] }],
  ["replace_unknown", { replace: true }, { target: ["exactly-once"] }],
  ["replace_limited", { replace: true, limit: 1 }, {}],
  ["replace_mapped", { replace: ["orders"] }, { mappers: ["rename"] }],
  ["keep_unknown", { keep: true }, {}],
])("%s: a run is refused before anything is started", (code, settings, abilities) => {
  expect(() => apply(settings, abilities)).toThrow(expect.objectContaining({ code }));
});

test("--keep sets the tap's setting for this run", () => {
  const step = apply({ keep: true }, { tapSettings: { changed_settings: {} } });
  expect(step.tap.plugin.config).toEqual({ changed_settings: "keep" });
});

test("--replace without names replaces all tables, also with a mapper", () => {
  const step = apply({ replace: true }, { mappers: ["rename"] });
  expect(step).toMatchObject({ replacesAll: true, target: { plugin: { config: { replace_streams: ["*"] } } } });
});
