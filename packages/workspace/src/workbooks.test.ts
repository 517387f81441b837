/** What tap-csv reads in a workbook is what openpyxl reads in it, for workbooks of two writers with thousands of random cells. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pythonProgram } from "./python.ts";
import { root } from "./repository.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "workbooks-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["xlsxwriter", 1, "1900"],
  ["xlsxwriter", 2, "1904"],
  ["openpyxl", 3, "1900"],
  ["openpyxl", 4, "1904"],
])(
  "a workbook of %s (seed %i, dates from %s)",
  (writer, seed, epoch) => {
    const path = join(folder, `${writer}-${epoch}.xlsx`);
    const script = join(root, "packages/workspace/foreign/workbooks.py");
    const theirs = lines(execFileSync(pythonProgram("openpyxl", "python"), [script, path, writer, `${seed}`, epoch])) as unknown[][];
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({ infer: "none", files: [{ entity: "data", path, sheet: "Data" }] }));
    const bin = join(root, "plugins/tap-csv/bin/tap-csv.js");
    const messages = lines(execFileSync(process.execPath, [bin, "--config", config], { stdio: ["ignore", "pipe", "pipe"] })) as {
      record?: Record<string, string | null>;
    }[];
    const ours = messages.flatMap(({ record }) => (record === undefined ? [] : [Object.values(record)]));
    expect(theirs).toHaveLength(500);
    // Numbers and booleans arrive as text here; that text must be the same double.
    const typed = ours.map((row, i) =>
      row.map((cell, j) => {
        const other = theirs[i]?.[j];
        if (typeof other === "number" && cell !== null) return Number(cell);
        return typeof other === "boolean" && cell !== null ? cell === "true" : cell;
      }),
    );
    expect(typed).toEqual(theirs);
  },
  300_000,
);

const lines = (bytes: Buffer): unknown[] =>
  bytes
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
