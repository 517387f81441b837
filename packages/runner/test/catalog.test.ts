import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TapCatalog, tapCatalog } from "../src/catalog/tap-catalog.ts";
import { preparePlugin } from "../src/plugins/prepare.ts";
import { openProject } from "../src/project/project.ts";
import { type FixtureProject, makeProject } from "./fixture-project.ts";

/** A tap that counts how often it was asked, and whose catalog holds a number past 2^53. */
const tapScript = `
import { appendFileSync } from "node:fs";
if (process.argv.includes("--about")) process.exit(2);
appendFileSync("asked.txt", "x");
console.log('{"streams":[{"tap_stream_id":"items","schema":{"properties":{"id":{"maximum":12345678901234567891},"note":{}}}},{"tap_stream_id":"orders","schema":{}}]}');
`;

function project(entry: object, config: object = {}): FixtureProject & { asked(): number } {
  const made = makeProject({ signals_file: undefined, ...config }, {}, { tap: { executable: "./tap.mjs", ...entry } });
  writeFileSync(join(made.folder, "tap.mjs"), tapScript);
  return { ...made, asked: () => readFileSync(join(made.folder, "asked.txt"), "utf8").length };
}

interface Options {
  refresh?: boolean;
  filter?: string[];
  messages?: string[];
}

async function catalogIn(folder: string, { refresh, filter, messages = [] }: Options = {}): Promise<TapCatalog> {
  const opened = openProject(folder);
  const tap = await preparePlugin(opened, "tap-test");
  return tapCatalog({
    project: opened,
    tap,
    redact: tap.redact,
    refresh,
    filter,
    onEvent: (event) => void (event.kind === "log" && messages.push(event.message)),
  });
}

const selectedIn = (found: TapCatalog): unknown =>
  "failure" in found ? found.failure : found.catalog?.streams.map((stream) => [stream.stream, stream.metadata[0]?.metadata.selected]);

test("a tap no rule speaks of is not asked", async () => {
  const { folder } = project({});
  expect(await catalogIn(folder)).toEqual({ catalog: undefined, warnings: [] });
  expect(readdirSync(folder)).not.toContain("asked.txt");
});

test("it is discovered once for a version and a config, kept to its digits, and asked for again when reported to", async () => {
  const made = project({ select: ["items"] });
  const messages: string[] = [];
  const first = await catalogIn(made.folder);
  expect(selectedIn(first)).toEqual([
    ["items", true],
    ["orders", false],
  ]);
  expect(JSON.stringify(first)).toContain("12345678901234567891");
  expect(await catalogIn(made.folder, { messages, filter: ["items.id"] })).toMatchObject({
    catalog: { streams: [{ stream: "items" }, {}] },
  });
  expect(made.asked()).toBe(1);
  expect(messages).toEqual([
    "Using the catalog of tap-test that was discovered less than a minute ago; --refresh-catalog discovers it again",
  ]);
  await catalogIn(made.folder, { refresh: true });
  expect(made.asked()).toBe(2);
  const [kept = ""] = readdirSync(join(made.folder, ".tapline", "catalogs"));
  expect(statSync(join(made.folder, ".tapline", "catalogs", kept)).mode & 0o077).toBe(0);
});

test("another config, another executable or a day make it be discovered again", async () => {
  const made = project({ select: ["items"] });
  await catalogIn(made.folder);
  const file = join(made.folder, "tapline.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace('"config":{', '"config":{"account":7,'));
  await catalogIn(made.folder);
  expect(made.asked()).toBe(2);
  writeFileSync(join(made.folder, "tap.mjs"), `${tapScript}// 2.0`);
  await catalogIn(made.folder);
  expect(made.asked()).toBe(3);
  const catalogs = join(made.folder, ".tapline", "catalogs");
  const dayAgo = Date.now() / 1000 - 25 * 3600;
  for (const name of readdirSync(catalogs)) utimesSync(join(catalogs, name), dayAgo, dayAgo);
  await catalogIn(made.folder);
  expect(made.asked()).toBe(4);
});

test("the project's catalog file takes the place of discovery", async () => {
  const made = project({ catalog: "mine.json", select: ["!items"] });
  const streams = [
    { tap_stream_id: "items", schema: {} },
    { tap_stream_id: "others", schema: {} },
  ];
  writeFileSync(join(made.folder, "mine.json"), JSON.stringify({ streams }));
  expect(selectedIn(await catalogIn(made.folder))).toEqual([
    ["items", false],
    ["others", true],
  ]);
});
