/** A run that a scheduler asks for with a file or on stdin. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesOf, makeProject, tapline } from "./tapline.ts";

const runId = "20260131T101500Z-1a2b3c4d";
const trigger = { kind: "retry", of: "20260130T101500Z-00000000" };
const request = { words: ["pipe"], run_id: runId, tags: { team: "sales" }, trigger };

test("it has the id, the trigger and the tags that were asked for, and a second run with this id is refused", async () => {
  const folder = makeProject({ rows: 3 });
  const first = await tapline(folder, ["run", "--request", "-", "--json"], JSON.stringify(request));
  expect([first.code, first.out]).toEqual([0, expect.stringContaining(`"run_id":"${runId}"`)]);
  const shown = JSON.parse((await tapline(folder, ["runs", "show", "--json"])).out);
  const { run_id: _, ...kept } = request;
  expect(shown).toMatchObject({ run_id: runId, trigger, tags: { team: "sales" }, request: kept });
  expect((await tapline(folder, ["runs", "show"])).out).toContain("by retry of 20260130T101500Z-00000000");
  writeFileSync(join(folder, "request.json"), JSON.stringify(request));
  const second = await tapline(folder, ["run", "--quiet", "--request", "request.json"]);
  expect([second.code, second.err]).toEqual([2, expect.stringContaining(`There already is a run ${runId}`)]);
  expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2", "3"]);
});

test.each([
  ["no JSON", "{", /request for a run in stdin can't be read/],
  ["an unknown key", '{"words":["pipe"],"retry":1}', /unknown key retry/],
])("%s is refused with 2", async (_what, text, message) => {
  const { code, err } = await tapline(makeProject(), ["run", "--request", "-"], text);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});
