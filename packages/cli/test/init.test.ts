/** `tapline init --from`, and its questions at a terminal: what it writes runs at once. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, tapline, until } from "./tapline.ts";

const flat = (text: string): string => text.replaceAll(/\s+/g, " ");
const read = (folder: string, path: string): string => readFileSync(join(folder, path), "utf8");

function salesFolder(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "sales.csv"), "id,name,price\n1,Ann,2.50\n2,Bob,3.75\n3,Cy,1.00\n");
  return folder;
}

test("a project for a file has its key, its types as a remark, and runs at once", async () => {
  const folder = salesFolder();
  const { code, out, err } = await tapline(folder, ["init", "--from", "sales.csv"]);
  expect([code, out]).toEqual([0, "created  .gitignore\ncreated  tapline.yml\n\nNext: tapline run sales\n"]);
  expect(err).toContain("sales: the key is id");
  const written = read(folder, "tapline.yml");
  expect(written).toContain("#   sales: id integer, name text, price decimal\n");
  expect(written).toContain(
    "files:\n        - entity: sales\n          path: sales.csv\n          keys: [id]\n  target-duckdb:\n    config:\n      filepath: output/sales.duckdb\n\njobs:\n  sales: [tap-csv target-duckdb]\n",
  );
  expect((await tapline(folder, ["run", "sales"])).code).toBe(0);
  const rows = await tapline(folder, ["query", "SELECT id, name, price FROM sales ORDER BY id", "--format", "csv"]);
  expect(rows.out.replaceAll("\r", "")).toBe("id,name,price\n1,Ann,2.50\n2,Bob,3.75\n3,Cy,1.00\n");
  const again = await tapline(folder, ["init", "--from", "sales.csv", "--yes"]);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining("nothing was changed") });
  expect(read(folder, "tapline.yml")).toBe(written);
});

test("a dollar sign in the name of a file, a key or the database is no variable", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "$HOME.csv"), "$USER,qty\nA,1\nB,2\n");
  const made = await tapline(folder, ["init", "--from", "$HOME.csv", "--to", "duckdb:$HOME.duckdb", "--keys", "$USER"]);
  expect(made.code).toBe(0);
  expect(await tapline(folder, ["run", "home"])).toMatchObject({ code: 0, out: expect.stringMatching(/^home +2 +2/m) });
  expect(readdirSync(folder)).toContain("$HOME.duckdb");
});

test("later files of a folder belong to their stream, too", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, "in"));
  const write = (name: string, rows: string): void => writeFileSync(join(folder, "in", name), rows);
  write("sales-2026-01.csv", "id,qty\n1,5\n2,6\n");
  write("sales-2026-02.csv", "id,qty\n3,5\n4,6\n");
  write("stock.csv", "code,qty\nA,1\nB,1\n");
  const made = await tapline(folder, ["init", "--from", "in", "--name", "shop", "--keys", "stock=code,qty"]);
  expect(made.code).toBe(0);
  expect(read(folder, "tapline.yml")).toContain("path: in/sales-2026-*.csv");
  expect(read(folder, "tapline.yml")).toContain("keys: [code, qty]");
  await tapline(folder, ["run", "shop"]);
  write("sales-2026-03.csv", "id,qty\n5,5\n");
  expect((await tapline(folder, ["run", "shop"])).code).toBe(0);
  expect((await tapline(folder, ["query", "SELECT count(*) AS n FROM sales", "--format", "csv"])).out.replaceAll("\r", "")).toBe("n\n5\n");
});

test("a password goes to .env alone, which only its owner can read, and works", async () => {
  const folder = salesFolder();
  const database = await testDatabase();
  const [role, password] = [`init_${process.pid}`, "p@s$1/w:rd"];
  await database.read(
    `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`,
    `GRANT ALL ON SCHEMA public TO ${role}`,
    `GRANT ALL ON DATABASE ${database.database} TO ${role}`,
  );
  onTestFinished(async () => void (await database.read(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)));
  writeFileSync(join(folder, ".env"), "SALES_PASSWORD=other", { mode: 0o644 });
  writeFileSync(join(folder, ".gitignore"), "mine\n.tapline/\n");
  const url = `postgres://${role}:${encodeURIComponent(password)}@${database.host}:${database.port}/${database.database}`;
  const { code, out, err } = await tapline(folder, ["init", "--from", "sales.csv", "--to", url]);
  expect(code).toBe(0);
  expect(read(folder, "tapline.yml")).toContain(`postgres://${role}:$SALES_PASSWORD_2@`);
  expect(read(folder, ".env")).toBe(`SALES_PASSWORD=other\nSALES_PASSWORD_2=${encodeURIComponent(password)}\n`);
  expect(statSync(join(folder, ".env")).mode & 0o777).toBe(0o600);
  expect(read(folder, ".gitignore")).toBe("mine\n.tapline/\noutput/\n.env\nnode_modules/\n");
  for (const text of [out, err, read(folder, "tapline.yml")])
    for (const secret of [password, encodeURIComponent(password)]) expect(text).not.toContain(secret);
  expect((await tapline(folder, ["run", "sales"])).code).toBe(0);
  expect(await database.read("SELECT count(*) FROM sales")).toEqual([["3"]]);
});

test.each<[string[], string]>([
  [["--from", "nope.csv"], "There is no file or folder nope.csv"],
  [["--from", "sales.csv", "--to", "mysql://h/db"], "No installed target opens mysql://h/db"],
  [["--from", "sales.csv", "--keys", "idd"], "sales has no column idd"],
  [["--to", "duckdb:x.duckdb"], "--from"],
])("init %j is refused before anything is written", async (words, message) => {
  const folder = salesFolder();
  const { code, err } = await tapline(folder, ["init", ...words]);
  expect(flat(err)).toContain(message);
  expect(code).toBe(2);
  expect(readdirSync(folder)).toEqual(["sales.csv"]);
});

test("a file that can't be written is named in one sentence", async () => {
  const folder = salesFolder();
  mkdirSync(join(folder, ".gitignore"));
  const { code, err } = await tapline(folder, ["init", "--from", "sales.csv"]);
  expect([code, flat(err)]).toEqual([2, expect.stringContaining(".gitignore can't be written: EISDIR")]);
  expect(err).not.toContain("at ");
});

/** `tapline init` at a terminal that Python makes. Each answer is typed once its question is there. */
async function answer(
  folder: string,
  answers: readonly [question: string, typed: string][],
): Promise<{ code: number | null; shown: string }> {
  const bin = fileURLToPath(new URL("../bin/tapline.js", import.meta.url));
  // A new terminal has no columns until somebody sets them.
  const sized =
    "import fcntl, os, struct, sys, termios; fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 200, 0, 0)); os.execv(sys.argv[1], sys.argv[1:])";
  const terminal = `import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, "-c", ${JSON.stringify(sized)}, *sys.argv[1:]])))`;
  const child = spawn("python3", ["-c", terminal, process.execPath, bin, "init"], { cwd: folder, env: { ...process.env, TERM: "xterm" } });
  onTestFinished(() => void child.kill("SIGKILL"));
  let shown = "";
  child.stdout.on("data", (piece: Buffer) => {
    shown += piece;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  for (const [question, typed] of answers) {
    await until(() => shown.includes(question), question);
    child.stdin.write(typed);
  }
  return { code: await ended, shown };
}

test("at a terminal it asks, repeats a question that was answered wrongly, and writes what was agreed to", async () => {
  const folder = salesFolder();
  const { code, shown } = await answer(folder, [
    ["What do you want to load?", "sale.csv\r"],
    ["There is no file or folder sale.csv", "\x15sales.csv\r"],
    ["Into which database?", "duckdb:shop.duckdbpostgres://h/db\r"],
    ["is a path with a URL in it", "\x15duckdb:shop.duckdb\r"],
    ["Which columns identify a row of sales?", "x\r"],
    ["no column idx", "\x15name,id\r"],
    ["Write these files?", "\r"],
  ]);
  expect(shown).toContain("Next: tapline run sales");
  expect(code).toBe(0);
  expect(read(folder, "tapline.yml")).toMatch(/keys: \[name, id\][\s\S]*filepath: shop\.duckdb/);
  expect((await tapline(folder, ["run", "sales"])).code).toBe(0);
});

test("at a terminal nothing is written when the person says no or gives up, and a sample when there is no file", async () => {
  const folder = salesFolder();
  const until = (database: string, last: string): Promise<{ code: number | null; shown: string }> =>
    answer(folder, [
      ["What do you want to load?", "sales.csv\r"],
      ["Into which database?", `${database}\r`],
      ["Which columns identify a row of sales?", "\r"],
      ["Write these files?", last],
    ]);
  for (const [database, path, last] of [
    ["", "output/sales.duckdb", "n\r"],
    ["duckdb:other.duckdb", "other.duckdb", "\x03"],
  ] as const) {
    const { code, shown } = await until(database, last);
    expect(shown).toContain(`filepath: ${path}`);
    expect(shown).toContain("Nothing was written");
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(["sales.csv"]);
  }
  const { code } = await answer(folder, [["What do you want to load?", "\r"]]);
  expect(code).toBe(0);
  expect(existsSync(join(folder, "data/items.csv"))).toBe(true);
});
