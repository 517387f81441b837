/** `tapline config test` and `doctor` with real plugins: they connect, and leave nothing. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeFolder, makeProject, tapline } from "./tapline.ts";

const bin = (name: string): string => fileURLToPath(new URL(`../../../plugins/${name}/bin/${name}.js`, import.meta.url));

function projectWith(plugins: Record<string, unknown>): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  return folder;
}

const duckdb = (filepath: string) => ({ "target-duckdb": { executable: bin("target-duckdb"), config: { filepath } } });

/** A plugin that others wrote, with this answer to --about and this behaviour otherwise. */
function stranger(folder: string, name: string, about: object, otherwise: string): object {
  const path = join(folder, `${name}.mjs`);
  const answer = `if (process.argv.includes("--about")) { console.log(${JSON.stringify(JSON.stringify(about))}); process.exit(0); }`;
  writeFileSync(path, `#!/usr/bin/env node\n${answer}\n${otherwise}\n`, { mode: 0o755 });
  return { executable: path };
}

test("config test of a target connects and checks rights, and makes nothing that is missing", async () => {
  const folder = projectWith(duckdb("new/shop.duckdb"));
  const first = await tapline(folder, ["config", "test", "target-duckdb"]);
  expect(first).toMatchObject({ code: 0, out: "target-duckdb: Settings are valid. Its test (--test) passed.\n" });
  expect(first.err).toContain("shop.duckdb yet. The first load can make it.");
  expect(existsSync(join(folder, "new"))).toBe(false);
  const wrong = projectWith(duckdb("tapline.yml"));
  const { code, err } = await tapline(wrong, ["config", "test", "target-duckdb"]);
  expect([code, err]).toEqual([1, expect.stringContaining("tapline.yml is a JSON file, not a DuckDB database")]);
});

test("doctor makes the same test", async () => {
  const config = { files: [{ entity: "a", path: "a.csv", keys: [] }] };
  const folder = projectWith({ ...duckdb("tapline.yml"), "tap-csv": { executable: bin("tap-csv"), config } });
  writeFileSync(join(folder, "a.csv"), "id\n1\n");
  const { code, out } = await tapline(folder, ["doctor", "--json"]);
  expect(code).toBe(1);
  const found = JSON.parse(out);
  expect(found).toContainEqual(
    expect.objectContaining({ about: "target-duckdb", status: "problem", message: expect.stringContaining("not a DuckDB database") }),
  );
  expect(found).toContainEqual(
    expect.objectContaining({ about: "tap-csv", status: "ok", message: expect.stringContaining("rows can be read") }),
  );
});

test("of a plugin that can't test itself, only the settings are checked, which the answer states", async () => {
  const folder = makeProject();
  const { code, out } = await tapline(folder, ["config", "test", "target-test"]);
  expect([code, out]).toEqual([0, expect.stringMatching(/^target-test: .* The connection was not tested\.\n$/)]);
  expect((await tapline(folder, ["doctor"])).out).toMatch(/^ok +target-test: .*The connection was not tested\.$/m);
});

test("a tap that does not answer is stopped after --timeout", async () => {
  const folder = makeFolder();
  const plugins = {
    "tap-slow": stranger(folder, "tap-slow", { name: "tap-slow", capabilities: ["discover"] }, "setInterval(() => {}, 1000)"),
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  const { code, err } = await tapline(folder, ["config", "test", "tap-slow", "--timeout", "1s"]);
  expect([code, err]).toEqual([1, expect.stringMatching(/tap-slow --discover did not end within 1 s.*--timeout 10m/)]);
  const wrong = await tapline(folder, ["config", "test", "tap-slow", "--timeout", "soon"]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("is not a duration")]);
});
