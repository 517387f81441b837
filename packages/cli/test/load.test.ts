/** `tapline load`: real files into real databases, without a project. */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { type Answer, makeFolder, start, tapline } from "./tapline.ts";

const flat = (text: string): string => text.replaceAll(/\s+/g, " ");

function salesFolder(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "sales.csv"), "id,name,price\n1,Ann,2.50\n2,Bob,3.75\n3,Cy,1.00\n");
  return folder;
}

/** The rows of a query on the file shop.duckdb, as CSV without its header. */
async function rowsOf(folder: string, sql: string): Promise<string[]> {
  const project = makeFolder();
  writeFileSync(
    join(project, "tapline.yml"),
    JSON.stringify({ plugins: { "target-duckdb": { config: { filepath: join(folder, "shop.duckdb") } } } }),
  );
  const { code, out, err } = await tapline(project, ["query", sql, "--format", "csv"]);
  if (code !== 0) throw new Error(err);
  return out.trimEnd().split(/\r?\n/).slice(1);
}

const prices = "SELECT id, name, price FROM sales ORDER BY id, name";

test("the same file again adds nothing, a longer one adds its new rows, and nothing is left but the database", async () => {
  const folder = salesFolder();
  const temporary = makeFolder();
  const load = (): Promise<Answer> => start(folder, ["load", "sales.csv", "duckdb:shop.duckdb"], "", { TMPDIR: temporary }).answer;
  const first = await load();
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^sales +3 +3/m) });
  expect(flat(first.out)).toContain("next tapline load sales.csv duckdb:shop.duckdb");
  expect(first.out).not.toContain("tapline state");
  expect(flat(first.out)).toContain("tapline preview sales --target duckdb:shop.duckdb (shows rows)");
  expect(first.err).toContain("sales: id integer, name text, price decimal   (3 columns)");
  expect(flat(first.err)).toContain(
    "In the first 3 rows, no two have the same id or the same name. If one identifies a row: tapline load sales.csv duckdb:shop.duckdb --replace --keys COLUMN",
  );
  expect(await load()).toMatchObject({ code: 0, out: expect.stringContaining("no new rows") });
  appendFileSync(join(folder, "sales.csv"), "4,Di,9.00\n");
  expect(await load()).toMatchObject({ code: 0, out: expect.stringMatching(/^sales +1 +1/m) });
  expect(await rowsOf(folder, prices)).toEqual(["1,Ann,2.50", "2,Bob,3.75", "3,Cy,1.00", "4,Di,9.00"]);
  expect(readdirSync(folder).sort()).toEqual(["sales.csv", "shop.duckdb"]);
  expect(readdirSync(temporary).filter((name) => name.startsWith("tapline"))).toEqual([]);
});

test("the rows of a load can be looked at without a project", async () => {
  const folder = salesFolder();
  await tapline(folder, ["load", "sales.csv", "duckdb:shop.duckdb"]);
  const database = ["--target", "duckdb:shop.duckdb", "--format", "csv"];
  const temporary = makeFolder();
  const { code, out } = await start(folder, ["preview", "sales", ...database], "", { TMPDIR: temporary }).answer;
  expect([code, out]).toEqual([0, "id,name,price\r\n1,Ann,2.50\r\n2,Bob,3.75\r\n3,Cy,1.00\r\n"]);
  expect((await tapline(folder, ["query", "SELECT sum(price) AS s FROM sales", ...database])).out).toBe("s\r\n7.25\r\n");
  expect((await tapline(folder, ["preview", "sales", "--target", "shop.duckdb"])).out).toContain("Ann");
  expect(readdirSync(folder).sort()).toEqual(["sales.csv", "shop.duckdb"]);
  expect(readdirSync(temporary).filter((name) => name.startsWith("tapline"))).toEqual([]);
});

test("a look without a project, or at a database that is not there, gets an error with the next step", async () => {
  const folder = salesFolder();
  const ask = async (...flags: string[]): Promise<Answer> => {
    const answer = await tapline(folder, ["preview", "sales", ...flags]);
    return { ...answer, err: flat(answer.err) };
  };
  expect(await ask()).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--target duckdb:FILE") });
  expect(await ask("--target", "target-duckdb")).toMatchObject({ code: 2, err: expect.stringContaining("no tapline.yml") });
  expect(await ask("--target", "oracle:shop")).toMatchObject({ code: 2, err: expect.stringContaining("duckdb:…") });
  expect(await ask("--target", "duckdb:other.duckdb")).toMatchObject({ code: 1, err: expect.stringContaining("other.duckdb") });
  expect(readdirSync(folder)).toEqual(["sales.csv"]);
});

test("a changed file stops the load, which names the ways on; each of them does what it says", async () => {
  const folder = salesFolder();
  const load = (...flags: string[]): Promise<Answer> => tapline(folder, ["load", "sales.csv", "shop.duckdb", ...flags]);
  await load();
  const changed = readFileSync(join(folder, "sales.csv"), "utf8").replace("Ann", "Anna");
  writeFileSync(join(folder, "sales.csv"), changed);
  const stopped = await load();
  expect(stopped.code).toBe(1);
  expect(flat(stopped.err)).toContain("tapline load sales.csv shop.duckdb --replace");
  expect(flat(stopped.err)).toContain("--keys COLUMN updates them by their key");
  expect(await rowsOf(folder, "SELECT count(*) FROM sales")).toEqual(["3"]);
  expect((await load("--append")).code).toBe(0);
  expect(await rowsOf(folder, "SELECT count(*) FROM sales")).toEqual(["6"]);
  expect((await load("--replace", "--keys", "id")).code).toBe(0);
  expect(await rowsOf(folder, prices)).toEqual(["1,Anna,2.50", "2,Bob,3.75", "3,Cy,1.00"]);
  writeFileSync(join(folder, "sales.csv"), changed.replace("Cy", "Cyd"));
  expect((await load("--keys", "id")).code).toBe(0);
  expect(await rowsOf(folder, prices)).toEqual(["1,Anna,2.50", "2,Bob,3.75", "3,Cyd,1.00"]);
});

test("files of a folder with the same columns become one table; another load keeps their bookmarks", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, "in"));
  for (const month of ["01", "02"]) writeFileSync(join(folder, `in/sales-2026-${month}.csv`), `id,qty\n${month}1,5\n${month}2,6\n`);
  writeFileSync(join(folder, "in/My Stock.csv"), "code,qty\nA,1\nB,2\n");
  writeFileSync(join(folder, "in/readme.pdf"), "no table");
  writeFileSync(join(folder, "other.csv"), "x,y\n1,2\n3,4\n");
  expect((await tapline(folder, ["load", "in", "shop.duckdb"])).code).toBe(0);
  expect((await tapline(folder, ["load", "other.csv", "shop.duckdb"])).code).toBe(0);
  expect((await tapline(folder, ["load", "in", "shop.duckdb"])).out).toContain("no new rows");
  const counts =
    "SELECT 'sales', count(*) FROM sales UNION ALL SELECT 'stock', count(*) FROM my_stock UNION ALL SELECT 'other', count(*) FROM other";
  expect((await rowsOf(folder, counts)).sort()).toEqual(["other,2", "sales,4", "stock,2"]);
});

test("--append reads the named files again and keeps the bookmarks of the table's other files; --replace forgets them with their rows", async () => {
  const folder = makeFolder();
  for (const name of ["a", "b"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "sales.csv"), `id,place\n1,${name}\n`);
  }
  const load = (name: string, ...flags: string[]): Promise<Answer> =>
    tapline(folder, ["load", `${name}/sales.csv`, "shop.duckdb", ...flags]);
  const counts = (): Promise<string[]> => rowsOf(folder, "SELECT place, count(*) FROM sales GROUP BY place ORDER BY place");
  await load("a");
  await load("b");
  expect(await load("a", "--append")).toMatchObject({ code: 0, out: expect.stringMatching(/^sales +1 +1/m) });
  expect(await counts()).toEqual(["a,2", "b,1"]);
  expect((await load("b")).out).toContain("no new rows");
  expect((await load("a")).out).toContain("no new rows");
  expect(await counts()).toEqual(["a,2", "b,1"]);
  await load("a", "--replace");
  expect(await counts()).toEqual(["a,1"]);
  await load("b");
  expect(await counts()).toEqual(["a,1", "b,1"]);
});

test("a dollar sign in the name of a file, a stream, a key or the database is no variable", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "$HOME.csv"), "$USER,qty\nA,1\nB,2\n");
  const load = ["load", "$HOME.csv", "duckdb:$HOME.duckdb", "--stream", "s$HOME", "--keys", "$USER"];
  expect(await tapline(folder, load)).toMatchObject({ code: 0, out: expect.stringMatching(/^s\$HOME +2 +2/m) });
  expect(readdirSync(folder).sort()).toEqual(["$HOME.csv", "$HOME.duckdb"]);
  writeFileSync(join(folder, "$HOME.csv"), "$USER,qty\nA,1\nB,3\n");
  expect(await tapline(folder, load)).toMatchObject({ code: 0, err: expect.stringContaining("$USER") });
  expect((await tapline(folder, load)).out).toContain("no new rows");
});

test("keys that are proposed differ over all files of a table, and each table gets its own command", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, "in"));
  writeFileSync(join(folder, "in/stock-ulm.csv"), "sku,qty\nA1,3\nB2,5\n");
  writeFileSync(join(folder, "in/stock-bonn.csv"), "sku,qty\nA1,1\nC3,9\n");
  writeFileSync(join(folder, "in/readme.txt"), "hello\n");
  const first = await tapline(folder, ["load", "in", "shop.duckdb"]);
  expect([first.code, first.err]).toEqual([0, expect.stringContaining("not loaded: readme.txt")]);
  expect(flat(first.err)).toContain("no two have the same qty. If one identifies");
  writeFileSync(join(folder, "in/people.csv"), "id,name\n1,Ann\n2,Bob\n");
  const second = await tapline(folder, ["load", "in", "shop.duckdb"]);
  expect(flat(second.err)).toContain("tapline load in/people.csv shop.duckdb --replace --keys COLUMN");
  const chosen = await tapline(folder, ["load", "in/people.csv", "shop.duckdb", "--replace", "--keys", "id"]);
  expect(chosen.code).toBe(0);
  const forgotten = await tapline(folder, ["load", "in/people.csv", "shop.duckdb"]);
  expect(flat(forgotten.err)).toContain("but its rows are in the table under the old keys — Loaded before with --keys id: add it.");
  expect(forgotten.err).not.toContain("have changed");
});

test("a password in a variable may have any character, and is in no argument, answer or file", async () => {
  const folder = salesFolder();
  const database = await testDatabase();
  const [role, password] = [`loader_${process.pid}`, "p@s$1/w:rd%20"];
  await database.read(
    `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`,
    `GRANT ALL ON SCHEMA public TO ${role}`,
    `GRANT ALL ON DATABASE ${database.database} TO ${role}`,
  );
  onTestFinished(async () => void (await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)));
  writeFileSync(join(folder, ".env"), "UNUSED=1\n");
  const url = `postgres://${role}:$LOAD_PASSWORD@${database.host}:${database.port}/${database.database}`;
  const { child, answer } = start(folder, ["load", "sales.csv", url], "", { LOAD_PASSWORD: password });
  const seen = new Set<string>();
  const watch = setInterval(() => {
    try {
      seen.add(execFileSync("ps", ["-o", "args=", "--ppid", String(child.pid)], { encoding: "utf8" }));
    } catch {
      // It has no children at the moment.
    }
  }, 20);
  const { code, out, err } = await answer;
  clearInterval(watch);
  expect([code, err]).toEqual([0, expect.not.stringContaining("read the password")]);
  expect(await database.read("SELECT id, name FROM sales ORDER BY id")).toEqual([
    ["1", "Ann"],
    ["2", "Bob"],
    ["3", "Cy"],
  ]);
  const args = [...seen].join("\n");
  expect(args).toContain("target-postgres");
  for (const text of [args, out, err]) for (const secret of [password, encodeURIComponent(password)]) expect(text).not.toContain(secret);
  const shown = await start(folder, ["preview", "sales", "--target", url, "--format", "json"], "", { LOAD_PASSWORD: password }).answer;
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('"name":"Ann"'), err: "" });
  expect(readdirSync(folder).sort()).toEqual([".env", "sales.csv"]);
  const plain = await tapline(folder, ["load", "sales.csv", url.replace("$LOAD_PASSWORD", "sesame-open")]);
  expect(plain.code).toBe(1);
  expect(flat(plain.err)).toContain("can read the password in the list of processes");
  expect(plain.err + plain.out).not.toContain("sesame-open");
  const missing = await tapline(folder, ["load", "sales.csv", url.replace("$LOAD_PASSWORD", "$NO_SUCH_VARIABLE")]);
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("NO_SUCH_VARIABLE") });
});

test.each<[string[], string]>([
  [["nope.csv", "shop.duckdb"], "There is no file or folder nope.csv"],
  [["sales.csv", "mysql://me:sesame-open@host/db"], "No installed target opens mysql://me:***@host/db; installed ones open duckdb:…"],
  [["sales.csv", "duckdb:"], "duckdb: names no file or database"],
  [["/proc/self/task", "shop.duckdb"], "The folder /proc/self/task has no files that an installed tap opens (.csv, "],
  [["sales.csv", "duckdb:shop.duckdbpostgres://me:sesame-open@host/db"], "duckdb:shop.duckdbpostgres://… is a path with a URL in it"],
  [["sales.pdf", "shop.duckdb"], "No installed tap opens sales.pdf"],
  [["sales.csv", "shop.duckdb", "--keys", "idd"], "sales has no column idd; it has id, name, price"],
  [["sales.csv", "shop.duckdb", "--append", "--replace"], "--append"],
  [["sales.csv"], "TARGET"],
])("load %j is refused before anything is written", async (words, message) => {
  const folder = salesFolder();
  writeFileSync(join(folder, "sales.pdf"), "%PDF");
  const { code, err } = await tapline(folder, ["load", ...words]);
  expect(flat(err)).toContain(message);
  expect(err).not.toContain("sesame-open");
  expect(code).toBe(2);
  expect(readdirSync(folder)).toEqual(["sales.csv", "sales.pdf"]);
});
