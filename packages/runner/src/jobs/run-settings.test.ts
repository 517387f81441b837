import { expect, test } from "vitest";
import type { JobRequest } from "../model/job-request.ts";
import type { ReadyPlugin, Step } from "../model/step.ts";
import { applySettings } from "./run-settings.ts";

type RunSettings = Omit<JobRequest, "words">;

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
  ["ledger_not_kept", { from_ledger: true }, { target: [] }],
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

test("a state id of another form is refused, with the form that it must have", () => {
  expect(() => apply({ state_id: "nightly" })).toThrow(
    expect.objectContaining({ message: '"nightly" is not a state id', hint: expect.stringContaining("ENVIRONMENT:TAP-to-TARGET") }),
  );
});

test("the limiter knows whether rows are added also to tables with keys", () => {
  const step = stepOf({});
  const config = { ...step.target.plugin.config, load_method: "append-only" };
  const appending = { ...step, target: { ...step.target, plugin: { ...step.target.plugin, config } } };
  const seen: boolean[] = [];
  for (const each of [step, appending]) {
    applySettings(each, { limit: 1 }, (_rows, appends) => {
      seen.push(appends);
      return limiter();
    });
  }
  expect(seen).toEqual([false, true]);
});
