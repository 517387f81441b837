/** A reader that leaves early, such as `head`, is no reason for a message. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeProject, tapline } from "./tapline.ts";

const bin = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ours = bin("../bin/tapline.js");
const tapCsv = bin("../../../plugins/tap-csv/bin/tap-csv.js");
const targetDuckdb = bin("../../../plugins/target-duckdb/bin/target-duckdb.js");
const orders = bin("../../../examples/customer-segmentation/sample_data.csv");

/** What a command prints on stderr when nobody reads its stdout. */
async function unread(folder: string, words: readonly string[]): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { code, err };
}

/** A plugin ends with 141 like other programs, unless its whole answer was in the pipe before the reader left. */
const ofPlugin = [0, 141];

test.each<[string, string[], number[]]>([
  ["help", [ours, "run", "--help"], [0]],
  ["runs list", [ours, "runs", "list"], [0]],
  ["runs show", [ours, "runs", "show"], [0]],
  ["runs logs", [ours, "runs", "logs"], [0]],
  ["state list", [ours, "state", "list"], [0]],
  ["state history", [ours, "state", "history", "dev:tap-test-to-target-test"], [0]],
  ["list", [ours, "list"], [0]],
  ["config list", [ours, "config", "list", "tap-test"], [0]],
  ["about", [ours, "about", "target-duckdb"], [0]],
  ["a plugin's description", [targetDuckdb, "--about"], ofPlugin],
  ["a plugin's help", [tapCsv, "--help"], ofPlugin],
  ["a plugin's command", [tapCsv, "inspect", orders], ofPlugin],
])("%s", async (_name, words, codes) => {
  const folder = makeProject({ rows: 3 });
  if (words.includes("runs") || words.includes("state")) await tapline(folder, ["run", "pipe"]);
  const { code, err } = await unread(folder, words);
  expect(err).toBe("");
  expect(codes).toContain(code);
});

test("a run goes on to its end", async () => {
  const folder = makeProject({ rows: 3 });
  expect(await unread(folder, [ours, "run", "pipe", "--json"])).toEqual({ code: 0, err: "" });
  expect((await tapline(folder, ["state", "list"])).out).toContain("items: id 3");
});
