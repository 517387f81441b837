import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject } from "@tapline/runner";
import { expect, onTestFinished, test } from "vitest";
import { plansNamed, plansOf } from "./plan.ts";

const jobs = `jobs:
  load: [tap-a target-b]
  urgent: { steps: [tap-a target-b], priority: 5, max_concurrent_runs: 2 }
environments: { prod: {} }
plugins: { tap-a: {}, target-b: {} }
`;

function projectWith(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "tapline-plan-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tapline.yml"), `${jobs}${text}`);
  return openProject(folder, {});
}

test("schedules and sensors with their jobs' limits, the urgent ones first", () => {
  const project = projectWith(`schedules:
  - { name: nightly, cron: "0 2 * * *", job: load, environment: prod }
  - { name: hourly, cron: "0 * * * *", timezone: Europe/Stockholm, job: urgent, missed: all }
sensors:
  - { name: inbox, files: "inbox/*.csv", job: load }
`);
  expect(plansOf(project)).toMatchObject([
    { name: "hourly", priority: 5, runsOfJob: 2, environment: "dev", missed: "all", signature: "0 * * * * Europe/Stockholm" },
    { name: "nightly", priority: 0, runsOfJob: 1, environment: "prod", missed: "latest", signature: "0 2 * * * UTC" },
    { kind: "sensor", name: "inbox", patterns: ["inbox/*.csv"], minAgeMs: 30_000 },
  ]);
  expect(plansNamed(project, "load").map(({ name }) => name)).toEqual(["nightly", "inbox"]);
  expect(() => plansNamed(project, "nigthly")).toThrow(expect.objectContaining({ code: "name_unknown" }));
});

test.each([
  [
    '{ name: x, cron: "61 * * * *", job: load }',
    "cron_invalid",
    'The cron expression "61 * * * *" of x can\'t be used: Invalid value for minute: 61',
  ],
  ['{ name: x, cron: "0 0 30 2 *", job: load }', "cron_invalid", "no time will ever match it"],
  ['{ name: x, cron: "0 2 * * *", timezone: Mars/Base, job: load }', "timezone_unknown", '"Mars/Base"'],
  ['{ name: x, cron: "0 2 * * *", job: laod }', "job_unknown", "laod"],
  ['{ name: x, cron: "0 2 * * *", job: load, environment: prd }', "environment_unknown", "prd"],
])("%s is an error that names it", (entry, code, text) => {
  const project = projectWith(`schedules:\n  - ${entry}\n`);
  const message = expect.stringContaining(text);
  expect(() => plansOf(project)).toThrow(expect.objectContaining({ code, message }));
});

test("the line of a wrong schedule is named, and two of one name are refused", () => {
  const wrong = projectWith('schedules:\n  - { name: a, cron: "0 2 * * *", job: load }\n  - { name: b, cron: "x", job: load }\n');
  expect(() => plansOf(wrong)).toThrow(expect.objectContaining({ position: expect.objectContaining({ line: 8 }) }));
  const twice = projectWith('schedules:\n  - { name: a, cron: "0 2 * * *", job: load }\nsensors:\n  - { name: a, files: x, job: load }\n');
  expect(() => plansOf(twice)).toThrow(expect.objectContaining({ code: "schedule_twice" }));
});
