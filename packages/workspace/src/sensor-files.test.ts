/** A sensor whose job's tap puts files away: one that was not complete for the tap when its job was started starts it again. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, openStore, runStarter } from "@tapline/runner";
import { type ServerEvent, tickOnce } from "@tapline/server";
import { expect, onTestFinished, test } from "vitest";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

test("a file that was too young for the tap is loaded by a later run of the sensor, without being changed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-sensor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const plugin = (name: string, config: object): object => ({ executable: join(root, `plugins/${name}/bin/${name}.js`), config });
  const tap = plugin("tap-csv", { inbox: "inbox", files: [{ entity: "a", match: { name: "*.csv" }, keys: ["id"] }] });
  const database = join(folder, "a.duckdb");
  const project = {
    plugins: {
      "tap-csv": { ...tap, files: { archive: "archive", min_age_seconds: 12 } },
      "target-duckdb": plugin("target-duckdb", { filepath: database }),
    },
    jobs: { load: ["tap-csv target-duckdb"] },
    sensors: [{ name: "inbox", files: "inbox/*.csv", job: "load", min_age_seconds: 0 }],
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  mkdirSync(join(folder, "inbox"));
  const file = join(folder, "inbox/a.csv");
  writeFileSync(file, "id\n1\n");
  const written = Date.now();
  const tick = async (now: Date): Promise<ServerEvent["type"][]> => {
    const events: ServerEvent[] = [];
    await tickOnce({
      project: openProject(folder),
      start: runStarter({ command: [process.execPath, join(root, "packages/cli/bin/tapline.js")], folder, env: process.env }),
      binFolders: [],
      now,
      onEvent: (event) => events.push(event),
    });
    return events.map(({ type }) => type);
  };
  expect(await tick(new Date())).toEqual([]);
  expect(await tick(new Date())).toEqual(["started", "ended"]);
  expect(existsSync(file)).toBe(true);
  expect(await tick(new Date(Date.now() + 61_000))).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, written + 13_000 - Date.now())));
  expect(await tick(new Date(Date.now() + 200_000))).toEqual(["started", "ended"]);
  expect(existsSync(file)).toBe(false);
  expect(await duckdbRows(database, "SELECT id::VARCHAR AS id FROM a")).toEqual([{ id: "1" }]);
  // A pass that starts something forgets what is older than the history.
  writeFileSync(file, "id\n2\n");
  const later = new Date(Date.now() + 100 * 86_400_000);
  expect([await tick(later), await tick(later)]).toEqual([[], ["started", "ended"]]);
  await using store = await openStore(openProject(folder), "dev");
  expect(await store.facts.list("tick")).toEqual([]);
});
