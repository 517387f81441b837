/** Checks of data with real plugins and a real database: before a load, after it, and without one. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Answer, linesOf, makeFolder, start, tapline, until } from "./tapline.ts";

const executable = (name: string): string => fileURLToPath(new URL(`../../../plugins/${name}/bin/${name}.js`, import.meta.url));

const good = "id,customer,status,amount\n1,Ada,open,10\n2,Grace,open,20\n3,Linus,gone,30\n";

/** A project whose job loads orders.csv into DuckDB and then notes that the next step began. */
function makeChecked(checks: readonly object[], csv = good, more: { target?: object; step?: object } = {}): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "orders.csv"), csv);
  writeFileSync(
    join(folder, "after.mjs"),
    `import { writeFileSync } from "node:fs";\nif (process.argv.includes("--about")) process.exit(2);\nwriteFileSync("after.txt", "ran\\n");\n`,
  );
  const files = [{ entity: "orders", path: "orders.csv", keys: ["id"] }];
  const plugins = {
    "tap-csv": { executable: executable("tap-csv"), config: { infer: "full", files } },
    "target-duckdb": { executable: executable("target-duckdb"), config: { filepath: "shop.duckdb", ...more.target } },
    after: { executable: join(folder, "after.mjs") },
  };
  const step = { run: "tap-csv target-duckdb", ...more.step };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { shop: { steps: [step, "after run"], checks } } }, null, 1));
  return folder;
}

const rowsIn = async (folder: string): Promise<number> =>
  Number(
    /\d+/.exec((await tapline(folder, ["query", "select count(*) as n from orders", "--format", "csv"])).out.split("\n")[1] ?? "")?.[0],
  );

const checksOf = async (folder: string): Promise<Record<string, unknown>[]> =>
  (JSON.parse((await tapline(folder, ["runs", "show", "--json"])).out) as { steps: { checks: Record<string, unknown>[] }[] }).steps[0]
    ?.checks ?? [];

const all = (answer: Answer): string => answer.out + answer.err;

describe("a check before the load", () => {
  const rule = { stream: "orders", not_null: ["customer"] };
  const faulty = `${good}4,,open,40\n5,Ken,open,50\n`;

  test("that stops: the row and what follows are not loaded, later steps do not start, and the place is told", async () => {
    const folder = makeChecked([{ ...rule, show_values: true }], faulty);
    const answer = await tapline(folder, ["run", "shop"]);
    expect(answer.code).toBe(1);
    expect(answer.err.replaceAll("\n", " ")).toMatch(/Failed: target-duckdb, stream orders, .*line 5.*customer is not null \(key id=4\)/);
    expect(linesOf(folder, "after.txt")).toEqual([]);
    expect(await checksOf(folder)).toMatchObject([
      { id: "orders: not_null customer", status: "failed", failed: 1, first: [{ keys: { id: 4 } }], on_fail: "stop", when: "before" },
    ]);
    writeFileSync(join(folder, "orders.csv"), faulty.replace("4,,", "4,Ada,"));
    const again = await tapline(folder, ["run", "shop"]);
    expect([again.code, await rowsIn(folder)]).toEqual([0, 5]);
    expect(linesOf(folder, "after.txt")).toEqual(["ran"]);
  });

  test("that warns: all rows are loaded, the run ends with a warning, and no value is told", async () => {
    const checks = [
      { ...rule, on_fail: "warn" },
      {
        stream: "orders",
        accepted_values: { status: ["open"] },
        range: { amount: { max: 45 } },
        matches: { customer: "[A-Z][a-z]+" },
        unique: ["id"],
        on_fail: "warn",
      },
    ];
    const folder = makeChecked(checks, faulty);
    const answer = await tapline(folder, ["run", "shop"]);
    expect([answer.code, await rowsIn(folder)]).toEqual([0, 5]);
    expect(answer.out).toContain("Warning: orders: customer is not null: 1 of 5 rows breaks it; key id=4");
    expect(answer.out).toContain("Warning: orders: status is one of open: 1 of 5 rows breaks it; key id=3");
    expect(answer.out).toMatch(/checks +2 passed, 3 failed/);
    expect(all(answer)).not.toContain("gone");
    expect(linesOf(folder, "after.txt")).toEqual(["ran"]);
    expect((await tapline(folder, ["runs", "show"])).out).toContain("status    warning".slice(0, 6));
    expect((await checksOf(folder)).map(({ status }) => status)).toEqual(["failed", "failed", "failed", "passed", "passed"]);
  });
});

describe("a check after the load", () => {
  test("that stops fails the run, though what was loaded stays, and later steps do not start", async () => {
    const checks = [
      { stream: "orders", row_count: { min: 10 } },
      { stream: "orders", sum: { amount: { min: 60, max: 60 } } },
      { name: "no gone order", sql: "select id from orders where status = 'gone'", stream: "orders", show_values: true },
    ];
    const folder = makeChecked(checks);
    const answer = await tapline(folder, ["run", "shop"]);
    expect(answer.code).toBe(1);
    expect(answer.err.replaceAll("\n", " ")).toContain(
      "2 checks failed: orders: the number of rows is at least 10: but it is 3; no gone order: 1 row; key id=3",
    );
    expect(linesOf(folder, "after.txt")).toEqual([]);
    expect(await rowsIn(folder)).toBe(3);
    expect((await checksOf(folder)).map(({ status }) => status)).toEqual(["failed", "passed", "failed"]);
  });

  test("a number of rows is compared with the runs before", async () => {
    const folder = makeChecked([{ stream: "orders", row_count: { last_runs: 3, change: "50%" }, on_fail: "warn" }], good, {
      target: { load_method: "overwrite" },
    });
    expect(all(await tapline(folder, ["run", "shop"]))).not.toContain("Warning");
    writeFileSync(join(folder, "orders.csv"), "id,customer,status,amount\n1,Ada,open,10\n");
    expect((await tapline(folder, ["run", "shop"])).out).toContain("Warning: orders: the number of rows is 2 to 4: but it is 1");
  });

  test("the rows of a run are counted for any target", async () => {
    const folder = makeChecked([{ stream: "orders", row_count: { of: "run", min: 1 } }]);
    expect((await tapline(folder, ["run", "shop"])).code).toBe(0);
    const idle = await tapline(folder, ["run", "shop"]);
    expect([idle.code, idle.err.includes("at least 1: but it is 0")]).toEqual([1, true]);
  });
});

describe("a check before the commit", () => {
  const commit = { stream: "orders", row_count: { max: 4 }, when: "commit" };
  const stateOf = async (folder: string): Promise<string> =>
    (await tapline(folder, ["state", "list", "--json"])).out.replace(/"at":"[^"]*"/g, "");
  const append = { target: { load_method: "append-only" } };

  test("holds back the whole run: table and bookmark stay, later steps do not start, and a mended source loads once", async () => {
    const unique = { stream: "orders", unique: ["id"], when: "commit", show_values: true };
    const folder = makeChecked([commit, unique, { stream: "orders", sum: { amount: { min: 1 } } }], good, append);
    expect((await tapline(folder, ["run", "shop"])).code).toBe(0);
    expect((await checksOf(folder)).map(({ status, when }) => [status, when])).toEqual([
      ["passed", "commit"],
      ["passed", "commit"],
      ["passed", "after"],
    ]);
    rmSync(join(folder, "after.txt"));
    const before = await stateOf(folder);
    writeFileSync(join(folder, "orders.csv"), `${good}4,Ken,open,40\n3,Ken,open,40\n`);
    const answer = await tapline(folder, ["run", "shop", "--full-refresh"]);
    expect(answer.code).toBe(1);
    expect(answer.err.replaceAll("\n", " ")).toMatch(
      /Failed: target-duckdb.*Nothing was loaded.*orders: the number of rows is at most 4: but it is 8; orders: id is unique: 7 of 8 rows break it; the first: key id=\d/,
    );
    expect([await rowsIn(folder), linesOf(folder, "after.txt"), await stateOf(folder)]).toEqual([3, [], before]);
    expect((await checksOf(folder)).map(({ status, when }) => [status, when])).toEqual([
      ["failed", "commit"],
      ["failed", "commit"],
    ]);
  });

  test("counts the rows of the run, and those of runs before", async () => {
    const folder = makeChecked([{ stream: "orders", row_count: { of: "run", last_runs: 3, change: "50%" }, when: "commit" }], good, append);
    expect((await tapline(folder, ["run", "shop"])).code).toBe(0);
    appendFileSync(join(folder, "orders.csv"), "4,Ada,open,10\n");
    const answer = await tapline(folder, ["run", "shop"]);
    expect([answer.code, answer.err.replaceAll("\n", " ")]).toEqual([1, expect.stringContaining("loaded rows is 2 to 4: but it is 1")]);
    expect(await rowsIn(folder)).toBe(3);
  });

  test("a target that commits as it goes is refused", async () => {
    const folder = makeChecked([commit]);
    const file = join(folder, "tapline.yml");
    const text = readFileSync(file, "utf8")
      .replaceAll("target-duckdb", "target-jsonl")
      .replaceAll('"filepath": "shop.duckdb"', '"destination_path": "out"');
    writeFileSync(file, text);
    const answer = await tapline(folder, ["run", "shop"]);
    expect([answer.code, answer.err.replaceAll("\n", " ")]).toEqual([
      2,
      expect.stringContaining("can't look at its tables before it commits"),
    ]);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});

describe("tapline check", () => {
  test("asks the tables of every rule, without a load", async () => {
    const checks = [
      { stream: "orders", not_null: ["customer"], unique: ["id"] },
      { stream: "orders", accepted_values: { status: ["open"] }, show_values: true, on_fail: "warn" },
      { stream: "orders", freshness: { max_age: "1h" }, foreign_key: { id: { stream: "orders", column: "id" } } },
    ];
    const folder = makeChecked(checks);
    expect((await tapline(folder, ["run", "shop"])).code).toBe(0);
    appendFileSync(join(folder, "orders.csv"), "9,,open,1\n");
    const text = await tapline(folder, ["check"]);
    expect(text.code).toBe(0);
    expect(text.out).toContain("passed  orders: customer is not null: 3 rows looked at");
    expect(text.out).toContain("failed  orders: status is one of open: 1 of 3 rows breaks it; key id=3; value status=gone");
    const json = (await tapline(folder, ["check", "shop", "--json"])).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(json.map(({ id, status }) => [id, status])).toEqual([
      ["orders: not_null customer", "passed"],
      ["orders: unique id", "passed"],
      ["orders: accepted_values status", "failed"],
      ["orders: freshness _sdc_batched_at", "passed"],
      ["orders: foreign_key id", "passed"],
    ]);
  });

  test("says that there is nothing to check", async () => {
    const folder = makeChecked([]);
    expect(await tapline(folder, ["check"])).toMatchObject({ code: 2 });
  });
});

describe("what is wrong with a check is told with its place, before anything is loaded", () => {
  test.each<[object, RegExp]>([
    [{ stream: "orders" }, /line 37.*it has no rule/],
    [{ not_null: ["id"] }, /it needs a stream/],
    [{ stream: "orders", matches: { id: "(?=a)" } }, /the pattern of id has look-around/],
    [{ stream: "orders", row_count: { min: 1 }, when: "before" }, /row_count needs the whole table/],
    [{ stream: "orders", row_count: { min: 1 }, when: "commit", on_fail: "warn" }, /a warning holds back no commit/],
    [{ stream: "orders", range: { amount: {} } }, /range of amount needs a min, a max or both/],
    [{ stream: "order", not_null: ["id"] }, /line 37.*"order", which tap-csv does not read; did you mean orders/],
    [{ stream: "orders", not_null: ["customers"] }, /"customers", which the stream "orders" does not have; did you mean customer/],
    [{ stream: "orders", freshness: { max_age: "soon" } }, /must match/],
  ])("%j", async (check, problem) => {
    const folder = makeChecked([check]);
    const answer = await tapline(folder, ["run", "shop"]);
    expect([answer.code, answer.err.replaceAll("\n", " ")]).toEqual([2, expect.stringMatching(problem)]);
    expect((await tapline(folder, ["state", "list"])).out).not.toContain("orders");
  });

  test("a target that can't run it is refused", async () => {
    const folder = makeChecked([{ stream: "orders", sum: { amount: { min: 1 } } }]);
    const file = join(folder, "tapline.yml");
    writeFileSync(
      file,
      readFileSync(file, "utf8")
        .replaceAll("target-duckdb", "target-jsonl")
        .replaceAll('"filepath": "shop.duckdb"', '"destination_path": "out"'),
    );
    const answer = await tapline(folder, ["run", "shop"]);
    expect([answer.code, answer.err.replaceAll("\n", " ")]).toEqual([
      2,
      expect.stringContaining("target-jsonl can't check its tables, so the check orders: sum amount could not be run"),
    ]);
  });
});

describe("a run that is killed in the middle and continued", () => {
  /** Sends 6,000 rows, every hundredth without v, with a STATE after each 500. At 3,000 it waits for a file, or dies. */
  const tap = `#!/usr/bin/env node
import { existsSync, readFileSync, writeSync } from "node:fs";
if (process.argv.includes("--about") || process.argv.includes("--discover")) process.exit(2);
const at = process.argv.indexOf("--state");
const from = at < 0 ? 0 : JSON.parse(readFileSync(process.argv[at + 1], "utf8")).id;
const out = (message) => writeSync(1, JSON.stringify(message) + "\\n");
out({ type: "SCHEMA", stream: "rows", schema: { properties: { id: { type: "integer" }, v: { type: ["null", "integer"] } } }, key_properties: ["id"] });
for (let id = from + 1; id <= 6000; id++) {
  out({ type: "RECORD", stream: "rows", record: { id, v: id % 100 === 0 ? null : id } });
  if (id % 500 !== 0) continue;
  out({ type: "STATE", value: { id } });
  if (id !== 3000) continue;
  if (existsSync("dies")) process.kill(process.pid, "SIGKILL");
  while (existsSync("waits")) await new Promise((resolve) => setTimeout(resolve, 50));
}
`;

  function makeRows(): string {
    const folder = makeFolder();
    writeFileSync(join(folder, "tap-rows.mjs"), tap, { mode: 0o755 });
    const plugins = {
      "tap-rows": { executable: join(folder, "tap-rows.mjs") },
      "target-duckdb": {
        executable: executable("target-duckdb"),
        config: { filepath: "rows.duckdb", load_method: "append-only", commit_after_ms: 0 },
      },
    };
    const checks = [{ stream: "rows", not_null: ["v"], on_fail: "warn" }];
    const steps = [{ run: "tap-rows target-duckdb", retry: { attempts: 1 } }];
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { rows: { steps, checks } } }));
    return folder;
  }

  test.each(["tap", "target"])("the %s: the warnings of both runs add up to those of one", async (killed) => {
    const folder = makeRows();
    writeFileSync(join(folder, killed === "tap" ? "dies" : "waits"), "");
    const started = start(folder, ["run", "rows", "--json"]);
    if (killed === "target") {
      await until(() => committed(folder), "the commit at 3,000", 60_000);
      const targets = childrenOf(started.child.pid as number, "target-duckdb");
      expect(targets).toHaveLength(1);
      process.kill(targets[0] as number, "SIGKILL");
      rmSync(join(folder, "waits"));
    }
    expect((await started.answer).code).toBe(1);
    const before = (await checksOf(folder))[0] as { failed: number; rows: number };
    expect(before).toMatchObject({ rows: 3000, failed: 30 });
    rmSync(join(folder, "dies"), { force: true });
    const again = await tapline(folder, ["run", "rows"]);
    expect([again.code, again.out.includes("Warning: rows: v is not null: 30 of 3,000 rows break it; the first: key id=3100")]).toEqual([
      0,
      true,
    ]);
    expect((await tapline(folder, ["query", "select count(*) as n, count(*) - count(v) as m from rows", "--format", "csv"])).out).toContain(
      "6000,60",
    );
  });

  test("tapline itself: what it never told is found in the table by the next run", async () => {
    const folder = makeRows();
    writeFileSync(join(folder, "waits"), "");
    const started = start(folder, ["run", "rows", "--json"]);
    await until(() => committed(folder), "the commit at 3,000", 60_000);
    started.child.kill("SIGKILL");
    rmSync(join(folder, "waits"));
    await started.answer;
    const again = await tapline(folder, ["run", "rows"]);
    expect(again.err.replaceAll("\n", " ")).toMatch(
      /was killed before it told what checks of rows found, so they are asked of its tables too/,
    );
    const [ofRows, ofTable] = await checksOf(folder);
    // What the tap wrote while nobody had stopped it yet may be loaded.
    expect(ofRows?.rows).toBeLessThanOrEqual(3000);
    expect([again.code, ofRows?.when, ofTable]).toMatchObject([0, "before", { when: "after", rows: 6000, failed: 60 }]);
    expect(again.out).toContain("Warning: rows: v is not null: 60 of 6,000 rows break it");
    await tapline(folder, ["run", "rows"]);
    expect(await checksOf(folder)).toMatchObject([{ when: "before", status: "passed" }]);
  });
});

/** The run's events have the STATE of the last commit before the tap waits. */
function committed(folder: string): boolean {
  const runs = join(folder, ".tapline", "runs");
  const files = existsSync(runs) ? readdirSync(runs).filter((name) => name.endsWith(".jsonl")) : [];
  return files.some((name) => readFileSync(join(runs, name), "utf8").includes('"state":{"id":3000}'));
}

function childrenOf(pid: number, name: string): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  return children.filter((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes(name));
}
