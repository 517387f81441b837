import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspect } from "./inspect.ts";
import { viewOf } from "./inspect-view.ts";

const bin = fileURLToPath(new URL("../bin/tap-csv.js", import.meta.url));

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tap-csv-inspect-"));
  path = join(folder, "sales.csv");
  const rows = Array.from({ length: 50 }, (_, i) => `${i};${i},5;"a\r\nb";Köln\r\n`).join("");
  await writeFile(
    path,
    Buffer.from(
      `Report of sales\r\n\r\nid;price;note;city\r\n${rows}51;3,5;too\u001b[2J short\r\n52;4,5;x;"y"z\r\n53;5,5;x;y\r\n`,
      "latin1",
    ),
  );
});
afterAll(() => rm(folder, { recursive: true }));

test("a file is shown with its dialect and the reasons, its types, its bad rows and a sample", async () => {
  const { decided, line_ends, columns, rows, sample, bytes } = await inspect({ path }, Number.POSITIVE_INFINITY);
  expect(bytes).toBeGreaterThan(800);
  expect(Object.fromEntries(Object.entries(decided).map(([name, { value }]) => [name, value]))).toEqual({
    encoding: "windows-1252",
    delimiter: ";",
    quotechar: '"',
    escapechar: null,
    doublequote: true,
    skipinitialspace: false,
    trailing_delimiter: false,
    comment: null,
    skip: 2,
    header: 1,
  });
  for (const { why } of Object.values(decided)) expect(why.length).toBeGreaterThan(5);
  expect(line_ends).toEqual({ crlf: 106, lf: 0, cr: 0 });
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ["id", "integer"],
    ["price", "decimal, scale 1"],
    ["note", "string"],
    ["city", "string"],
  ]);
  expect(rows).toMatchObject({ read: 51, misfits: 2, is_all: true });
  expect(rows.examples.map(({ line, code }) => [line, code])).toEqual([
    [104, "row_too_short"],
    [105, "text_after_quote"],
  ]);
  expect(sample[0]).toEqual(["0", "0,5", "a\r\nb", "Köln"]);
});

test("what may be wrong is shown in plain words, as in the log of a run", async () => {
  const doubtful = join(folder, "doubtful.txt");
  await writeFile(doubtful, "Item,2023\nPen,10\nCup,n/k\nMug,12\nItem,2023\nPot,13\nTotal,35\n");
  const { warnings, columns } = await inspect({ path: doubtful }, Number.POSITIVE_INFINITY);
  expect(columns.map(({ type }) => type)).toEqual(["string", "string"]);
  expect(warnings).toEqual([
    expect.stringMatching(/doubtful.txt, line 1: the numbers in row 1 are years.*set header to 0/),
    expect.stringMatching(/doubtful.txt, line 3: column "2023" is text because of "n\/k": 4 of 5 values are numbers/),
    expect.stringMatching(/doubtful.txt, line 5: the header is repeated/),
    expect.stringMatching(/doubtful.txt, line 7: the last line "Total,35" looks like a total/),
  ]);
  expect(viewOf(await inspect({ path: doubtful }, 1000))).toMatch(/To check\n {2}.*line 1: [\s\S]*looks like a total/);
});

test("only the requested rows are read, and the result shows that", async () => {
  const inspection = await inspect({ path }, 10);
  expect(inspection.rows).toMatchObject({ read: 10, is_all: false });
  expect(viewOf(inspection)).toContain("of the first 10, 10 fit");
});

test("nothing in a file moves the terminal's cursor", async () => {
  expect(viewOf(await inspect({ path }, 1000)).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
});

test("the command prints one file after the other as text, or all as JSON", () => {
  const run = (...args: string[]): string => execFileSync(process.execPath, [bin, "inspect", ...args], { encoding: "utf8" });
  expect(run(path)).toMatch(/quotechar +"\\"" +50 cells[\s\S]*line 104: The row has 3 cells/);
  expect(JSON.parse(run(path, join(folder, "*.csv"), "--format", "json"))).toMatchObject([{ file: path, rows: { misfits: 2 } }]);
});

test("wrong arguments give a message and exit code 64", () => {
  for (const args of [["inspect"], ["inspect", path, "--format", "xml"], ["inspect", path, "--rows", "0"], ["inspect", path, "--what"]]) {
    expect(() => execFileSync(process.execPath, [bin, ...args], { stdio: "pipe" }), args.join(" ")).toThrow(
      expect.objectContaining({ status: 64 }),
    );
  }
});
