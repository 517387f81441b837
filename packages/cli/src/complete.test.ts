import { expect, test } from "vitest";
import { type CompletableCommand, complete } from "./complete.ts";

const environment = { name: "environment", char: "e", takesValue: true };
const commands: CompletableCommand[] = [
  { words: ["run"], flags: [environment, { name: "json", takesValue: false }] },
  { words: ["runs", "list"], flags: [] },
  { words: ["config", "list"], flags: [environment] },
  { words: ["config", "set"], flags: [environment] },
  { words: ["preview"], flags: [{ name: "target", takesValue: true }] },
];
const names = {
  plugins: ["tap-csv", "target-duckdb"],
  taps: ["tap-csv"],
  targets: ["target-duckdb"],
  jobs: ["items"],
  environments: ["dev", "prod"],
};

test.each<[string, string[]]>([
  ["", ["config", "preview", "run", "runs"]],
  ["preview --target ", ["target-duckdb"]],
  ["ru", ["run", "runs"]],
  ["config ", ["list", "set"]],
  ["config set ", ["tap-csv", "target-duckdb"]],
  ["config set tap-csv ", []],
  ["run ", ["items", "tap-csv"]],
  ["run tap-csv ", ["target-duckdb"]],
  ["run items ", []],
  ["run --", ["--environment", "--json"]],
  ["run items --json --", ["--environment"]],
  ["run -e ", ["dev", "prod"]],
  ["run -e prod ", ["items", "tap-csv"]],
  ["run --environment p", ["prod"]],
  ["nonsense ", []],
])("after %j comes %j", (typed, wanted) => {
  expect(complete(typed.split(" "), commands, names)).toEqual(wanted);
});
