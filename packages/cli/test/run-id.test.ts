/** One run has one id, wherever a person reads it; each of its tries has that id with a suffix. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { linesOf, makeProject, start, tapline, until } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";
const step = ["run", "tap-test", "target-test"];

interface Config {
  plugins: Record<string, { executable: string; config: object }>;
  jobs: object;
}

function edit(folder: string, change: (config: Config) => void): void {
  const file = join(folder, "tapline.yml");
  const config = JSON.parse(readFileSync(file, "utf8")) as Config;
  change(config);
  writeFileSync(file, JSON.stringify(config));
}

/** A project whose target keeps a ledger in loaded.txt. */
function ledgerProject(target: object = {}): string {
  const folder = makeProject({ rows: 3 }, target);
  edit(folder, ({ plugins }) => {
    const executable = fileURLToPath(new URL("../../runner/test/fixtures/ledger-target.mjs", import.meta.url));
    plugins["target-test"] = { ...plugins["target-test"], executable } as Config["plugins"][string];
  });
  return folder;
}

function ledgerOf(folder: string): unknown[] {
  const database = new DatabaseSync(join(folder, "loaded.txt"), { readOnly: true });
  try {
    return database.prepare("SELECT run_id FROM ledger ORDER BY state_id").all();
  } finally {
    database.close();
  }
}

const idsIn = async (folder: string, args: string[]): Promise<string[]> =>
  (await tapline(folder, [...args, "--json"])).out
    .trimEnd()
    .split("\n")
    .flatMap((line) => (line === "" ? [] : (JSON.parse(line) as { run_id?: string }).run_id))
    .filter((runId): runId is string => runId !== undefined);

test("the start line, the history, the log, the states and the ledger have the same id", async () => {
  const folder = ledgerProject();
  const { err } = await tapline(folder, step);
  const [runId = ""] = await idsIn(folder, ["runs", "list"]);
  expect(err).toContain(`start ${id}, run ${runId}, from the start`);
  expect(readdirSync(join(folder, ".tapline", "runs"))).toEqual([`${runId}.jsonl`]);
  expect(await idsIn(folder, ["state", "history", id])).toEqual([runId]);
  expect(await idsIn(folder, ["state", "list"])).toEqual([runId]);
  expect(ledgerOf(folder)).toEqual([{ run_id: runId }]);
  const printed = (await tapline(folder, [...step, "--json"])).out.split("\n");
  const newest = (await idsIn(folder, ["runs", "list"]))[0];
  expect(printed.flatMap((line) => /"run_id":"([^"]+)"/.exec(line)?.[1] ?? [])).toEqual(Array(4).fill(newest));
});

test("a later try has it with a suffix, and commands take either", async () => {
  const folder = ledgerProject({ lose_connection_at: 2 });
  const { code, err } = await tapline(folder, step);
  const [runId = ""] = await idsIn(folder, ["runs", "list"]);
  expect(err).toContain(`run ${runId}, from the start`);
  expect(err).toContain(`run ${runId}.2, from the last bookmark`);
  expect(code).toBe(0);
  expect(await idsIn(folder, ["state", "history", id])).toEqual([`${runId}.2`, runId]);
  expect(ledgerOf(folder)).toEqual([{ run_id: `${runId}.2` }]);
  for (const given of [runId, `${runId}.2`, runId.slice(0, -2)]) {
    const shown = JSON.parse((await tapline(folder, ["runs", "show", given, "--json"])).out);
    expect(shown).toMatchObject({ run_id: runId, steps: [{ attempts: [runId, `${runId}.2`] }] });
    expect((await tapline(folder, ["runs", "logs", given])).out).toContain(`run ${runId}.2`);
  }
  await tapline(folder, ["state", "clear", id]);
  const { out } = await tapline(folder, ["state", "rollback", id, "--to", runId]);
  expect(out).toContain(`${id} is now at items: id 3`);
  expect((await tapline(folder, ["state", "rollback", id, "--to", `${runId}.2`])).code).toBe(0);
});

test("the steps of a job share it", async () => {
  const folder = makeProject();
  edit(folder, (config) => {
    config.jobs = { two: ["tap-test target-test", { run: "tap-test target-test", state_id_suffix: "b" }] };
  });
  await tapline(folder, ["run", "two"]);
  const [runId = ""] = await idsIn(folder, ["runs", "list"]);
  expect(await idsIn(folder, ["state", "list"])).toEqual([runId, `${runId}.2`]);
});

test("a run that is refused names the run that holds the state id, as the history does", async () => {
  const folder = makeProject({ rows: 100_000, pause_ms: 5 });
  const running = start(folder, step);
  await until(() => linesOf(folder, "loaded.txt").length > 2, "rows are loaded");
  const [runId = ""] = await idsIn(folder, ["runs", "list"]);
  expect((await tapline(folder, step)).err).toContain(runId);
  running.child.kill("SIGTERM");
  await running.answer;
});

test("runs of an earlier version are found by the ids that their tries had then", async () => {
  const folder = makeProject();
  await tapline(folder, step);
  const [runId = ""] = await idsIn(folder, ["runs", "list"]);
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  database.prepare("UPDATE history_steps SET record = json_set(record, '$.attempts', json(?))").run('["20250101T000000Z-0000abcd"]');
  database.close();
  expect(await idsIn(folder, ["runs", "show", "20250101T000000Z-0000abcd"])).toEqual([runId]);
});
