/**
 * Reads published collections of CSV files: the polluted files of the Pollock benchmark with and without their parameters, and
 * pairs of a CSV file and the expected JSON (csv-spectrum, csv-test-data). They may be anywhere below the folder.
 * Takes: DIR
 * Covers: plugins/tap-csv/src, plugins/tap-csv/long
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, type TestContext, test } from "vitest";
import bars from "./corpora.bars.json" with { type: "json" };
import { pollockScore } from "./pollock-score.ts";
import { type Rows, readTable } from "./read-table.ts";

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const [folder] = JSON.parse(process.env.TEST_LONG_ARGUMENTS ?? "[]") as string[];
if (folder === undefined || !existsSync(folder)) throw new Error(`corpora needs a folder with the collections, not ${folder}`);

const folders = foldersBelow(folder);
const pollock = folders.find((one) => ["csv", "clean", "parameters"].every((name) => existsSync(join(one, name))));
const pairs = folders.flatMap((one) =>
  ["csv", "csvs"].map((name) => join(one, name)).filter((csv) => existsSync(csv) && existsSync(join(one, "json"))),
);
if (pollock === undefined && pairs.length === 0) throw new Error(`there is no collection below ${folder}`);

describe.runIf(pollock !== undefined)("Pollock", () => {
  test("with parameters", async ({ task }: TestContext) => {
    const result = await score(parametersOf);
    console.log(result);
    task.meta.result = result;
    expect(result.simple).toBeGreaterThanOrEqual(bars.with_parameters.simple);
    expect(result.weighted).toBeGreaterThanOrEqual(bars.with_parameters.weighted);
  });

  test("detecting", async ({ task }: TestContext) => {
    const result = await score(() => ({}));
    console.log(result);
    task.meta.result = result;
    expect(result.simple).toBeGreaterThanOrEqual(bars.detecting.simple);
    expect(result.weighted).toBeGreaterThanOrEqual(bars.detecting.weighted);
  });
});

async function score(settingsOf: (name: string) => Record<string, unknown>) {
  const base = pollock as string;
  const weights = JSON.parse(readFileSync(join(dirname(base), "pollock_weights.json"), "utf8")) as Record<string, number>;
  let [files, equal, sum, weighted, weight] = [0, 0, 0, 0, 0];
  const lowest: { name: string; score: number; error?: string }[] = [];
  for (const name of readdirSync(join(base, "csv")).sort()) {
    const source = cleanRows(join(base, "clean", name));
    const loaded = await readTable(join(base, "csv", name), settingsOf(name));
    const one = pollockScore(source, typeof loaded === "string" ? undefined : loaded);
    files++;
    sum += one;
    weighted += one * (weights[name] ?? -1);
    weight += weights[name] ?? -1;
    if (JSON.stringify(source) === JSON.stringify(loaded)) equal++;
    else lowest.push({ name, score: round(one), ...(typeof loaded === "string" ? { error: loaded } : {}) });
  }
  lowest.sort((a, b) => a.score - b.score);
  return { files, simple: round(sum / files), weighted: round(weighted / weight), exactly_equal: equal, lowest: lowest.slice(0, 15) };
}

interface PollockParameters {
  encoding: string;
  delimiter: string;
  quotechar: string;
  escapechar: string;
  preamble_lines: number;
  header_lines: number;
}

function parametersOf(name: string): Record<string, unknown> {
  const path = join(pollock as string, "parameters", `${name}_parameters.json`);
  const given = JSON.parse(readFileSync(path, "utf8")) as PollockParameters;
  return {
    encoding: given.encoding,
    delimiter: given.delimiter || ",",
    quotechar: given.quotechar || '"',
    escapechar: given.escapechar || null,
    skip: given.preamble_lines,
    header: given.header_lines,
    comment: null,
    skipinitialspace: false,
  };
}

const cleanRows = (path: string): Rows => parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""), { relax_column_count: true }) as Rows;

/** The tap skips blank lines, so an empty row is missing. */
const onlyBlankRows = ["all-empty.csv", "empty-one-column.csv"];
/** Its JSON has another telephone number than the CSV. */
const otherJson = ["location_coordinates.csv"];
const leftOut = new Set([...onlyBlankRows, ...otherJson]);

describe.each(pairs.map((path) => ({ path, name: relative(folder, path) })))("$name", ({ path: csvFolder }) => {
  const names = readdirSync(csvFolder).filter((name) => existsSync(jsonPath(csvFolder, name)));

  test.each(names.filter((name) => !leftOut.has(name)))("%s is exactly what its JSON holds", async (name) => {
    const expected = JSON.parse(readFileSync(jsonPath(csvFolder, name), "utf8")) as (string[] | Record<string, string>)[];
    const hasHeader = !Array.isArray(expected[0]);
    const loaded = await readTable(join(csvFolder, name), hasHeader ? { header: 1 } : {});
    const rows = expected.map((row) => Object.values(row));
    expect(loaded).toEqual(hasHeader ? [expected.length === 0 ? loaded[0] : Object.keys(expected[0] ?? {}), ...rows] : rows);
  });
});

function jsonPath(csvFolder: string, name: string): string {
  return join(dirname(csvFolder), "json", `${basename(name, ".csv")}.json`);
}

function foldersBelow(path: string): string[] {
  const below = readdirSync(path)
    .filter((name) => !name.startsWith(".") && statSync(join(path, name)).isDirectory())
    .map((name) => join(path, name));
  return [path, ...below.flatMap((one) => (/\/(csvs?|json|clean|parameters)$/.test(one) ? [] : foldersBelow(one)))];
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
