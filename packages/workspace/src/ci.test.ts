/**
 * `tapline ci` in a repository of git with a branch, as a person uses it: into DuckDB files and into databases of PostgreSQL. The real target is a
 * file that must stay as it is.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { bin, run } from "./command.ts";

interface Shop {
  folder: string;
  write(files: Record<string, string>): void;
  ci(...words: string[]): ReturnType<typeof run>;
}

const plugin = (name: Parameters<typeof bin>[0]): string => JSON.stringify(bin(name));

const projectText = (more = ""): string => `
plugins:
  tap-csv: { executable: ${plugin("tap-csv")}, config: { files: [{ entity: raw-items, path: items.csv, keys: [id] }], infer: full }, files: { archive: done } }
  warehouse: { inherit_from: target-duckdb, kind: target, executable: ${plugin("target-duckdb")}, config: { filepath: real.duckdb } }
  danger: { executable: ./danger.mjs, kind: utility }
jobs: { daily: [tap-csv warehouse, danger] }
${more}`;

/** A clone with the branch main and a branch that is checked out. */
function shop(files: Record<string, string>): Shop {
  const folder = mkdtempSync(join(tmpdir(), "tapline-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=ana", "-c", "user.email=ana@example.com", ...args], { cwd: folder });
  const write: Shop["write"] = (all) => {
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  };
  write({ ".gitignore": ".tapline/\nreal.duckdb\n", "danger.mjs": "#!/usr/bin/env node\nprocess.exit(1);\n", ...files });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "main");
  git("switch", "--quiet", "-c", "change");
  return { folder, write, ci: (...words) => run("tapline", ["ci", ...words], { cwd: folder }) };
}

test("a change shows by table, column, type and key; the real target, the files and what git has stay as they are", async () => {
  const { folder, write, ci } = shop({ "tapline.yml": projectText(), "items.csv": "id,price,note\n1,10,a\n2,20,b\n3,30,c\n" });
  write({ "real.duckdb": "not to be opened", "items.csv": "id,price,size\n1,10,S\n2,20.5,M\n4,40,L\n" });
  const found = await ci("--markdown", "comment.md", "--expect-equal");
  expect(found, found.stderr + found.stdout).toMatchObject({ code: 1 });
  expect(found.stdout).toMatch(/this branch \(\w{12} and changes\)\n +daily +tap-csv warehouse +3 rows\n +daily +danger +left out/);
  expect(found.stdout).toMatch(
    /raw\.items +3 rows\n +new column size VARCHAR\n +column gone: note VARCHAR\n +type of price: BIGINT → DECIMAL\(/,
  );
  expect(found.stdout).toMatch(/1 row more, 1 row gone, 1 row with other values \(price 1\), by id/);
  expect(found.stdout).toMatch(/gone +id=3\n/);
  expect(found.stdout).toContain("danger was left out, because nobody knows what it writes to");
  expect(found.stdout).toMatch(/The result changes in 1 of 1 table;/);
  expect(readFileSync(join(folder, "comment.md"), "utf8")).toContain("| `raw.items` | 3 | new column size VARCHAR<br>");
  expect(readFileSync(join(folder, "real.duckdb"), "utf8")).toBe("not to be opened");
  expect([existsSync(join(folder, "done")), existsSync(join(folder, "items.csv"))]).toEqual([false, true]);
  expect(readdirSync(join(folder, ".tapline", "ci"))).toEqual([]);
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: folder, encoding: "utf8" })).toBe(" M items.csv\n?? comment.md\n");

  // The same data, written in another way.
  write({ "items.csv": "id,price,note\n3,30,c\n2,20,b\n1,10,a\n" });
  expect(await ci("--expect-equal", "--json")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/"verdict":"same".*"name":"raw.items","status":"same"/),
  });
}, 300_000);

test("what fails here fails; what fails on the other branch only leaves nothing to compare; a trial of nothing is none", async () => {
  const { write, ci } = shop({ "tapline.yml": projectText(), "items.csv": "id,price\n" });
  const empty = await ci();
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining("No row was loaded by daily, so nothing was tried") });
  write({ "items.csv": "id,price\n1,10\n" });
  write({ "tapline.yml": projectText("ci: { programs: [danger] }") });
  const failed = await ci();
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stdout).toMatch(/daily +danger +failed[\s\S]*Failed: daily on this branch/);
  // The only target is called like the one that it becomes.
  const plainName = projectText("ci: { rows: 1 }").replace("warehouse: { inherit_from: target-duckdb, kind: target,", "target-duckdb: {");
  write({ "tapline.yml": plainName.replace("jobs: { daily: [tap-csv warehouse", "jobs: { new_name: [tap-csv target-duckdb") });
  const alone = await ci("new_name");
  expect(alone, alone.stderr).toMatchObject({ code: 0 });
  expect(alone.stdout).toMatch(/raw\.items +– → 1 rows\n +new table: id BIGINT, price BIGINT/);
  expect(alone.stdout).toContain("Of raw-items only the first 1 rows were read");
  expect(await ci("--base", "nowhere")).toMatchObject({ code: 2, stderr: expect.stringContaining("no branch, tag or commit nowhere") });
}, 300_000);

test("in PostgreSQL each side has a database that goes at the end, and one that a killed command left goes a day later", async () => {
  const database = await testDatabase();
  const { host, port, user, password } = database;
  const settings = `{ host: "${host}", port: ${port}, user: "${user}", password: "${password}", database: "${database.database}" }`;
  const text = projectText("ci: { scratch: scratch-postgres }").replace(
    "  danger:",
    `  scratch-postgres: { inherit_from: target-postgres, executable: ${plugin("target-postgres")}, config: ${settings} }\n  danger:`,
  );
  const { write, ci } = shop({ "tapline.yml": text, "items.csv": "id,price\n1,10\n" });
  const old = `tapline_ci_${database.database.slice(-12)}_old`;
  const others = `tapline_ci_${database.database.slice(-12)}_other`;
  for (const name of [old, others]) await database.read(`CREATE DATABASE ${name}`);
  onTestFinished(async () => void (await database.read(`DROP DATABASE ${others}`)));
  await database.read(`COMMENT ON DATABASE ${old} IS 'Made by tapline ci for a trial. It may be dropped. 2020-01-01T00:00:00.000Z'`);
  write({ "items.csv": "id,price\n1,11\n" });
  const found = await ci();
  expect(found, found.stderr).toMatchObject({ code: 0 });
  expect(found.stdout).toMatch(/raw\.items +1 rows\n +1 row with other values \(price 1\), by id\n +changed +id=1 +price/);
  const left = await database.read("SELECT datname FROM pg_database WHERE datname LIKE 'tapline_ci_%'");
  // One without our mark is nobody's to drop.
  expect(left.flat()).toContain(others);
  expect(left.flat()).not.toContain(old);
  expect(await database.read("SELECT count(*) FROM pg_namespace WHERE nspname = 'raw'")).toEqual([["0"]]);
}, 300_000);
