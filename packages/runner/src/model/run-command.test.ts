import { expect, test } from "vitest";
import { runCommand } from "./run-command.ts";

const step = { command: "tapline run tap-a target-b", environment: "dev", tap: "tap-a", target: "target-b" };

test.each([
  ["dev:tap-a-to-target-b", "dev", ""],
  ["dev:tap-a-to-target-b/2", "dev", ""],
  ["dev:tap-a-to-target-b:nightly", "dev", " --state-id-suffix nightly"],
  ["prod:tap-a-to-target-b", "prod", " --environment prod"],
  ["dev:tap-x-to-target-y:nightly", "dev", " --state-id dev:tap-x-to-target-y:nightly"],
  ["dev:tap-a-to-target-b", "prod", " --environment prod --state-id dev:tap-a-to-target-b"],
])("the state id %s in the environment %s", (stateId, environment, flags) => {
  expect(runCommand({ ...step, stateId, environment })).toBe(`${step.command}${flags}`);
});

test("the streams that were chosen, as a shell takes them", () => {
  const filter = ["orders.*", "items", "!*.it's"];
  const flags = "--select 'orders.*' --select items --exclude '*.it'\\''s'";
  expect(runCommand({ ...step, stateId: "dev:tap-a-to-target-b", filter })).toBe(`${step.command} ${flags}`);
});
