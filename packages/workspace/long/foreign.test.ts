/**
 * What others wrote: pipes between our plugins and Python plugins from PyPI, also through a Python mapper, each pair with several seeds and
 * thousands of rows, compared row by row; and the message files with which the Singer SDK, MeltanoLabs and pipelinewise test their targets, each
 * loaded into both databases. DIR keeps these files; what it lacks is downloaded.
 * Takes: DIR
 * Covers: packages/protocol/src, packages/sdk/src/target, packages/sql/src, packages/workspace/foreign, packages/workspace/long/foreign.test.ts, packages/workspace/test/load-messages.ts, packages/workspace/src/foreign-pipes.ts, packages/workspace/src/message-files, packages/workspace/src/python.ts, plugins/target-duckdb/src, plugins/target-postgres/src
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exactNumber, type JsonSchema } from "@tapline/protocol";
import { assertRows } from "@tapline/testing";
import { type PostgresServer, startPostgres } from "@tapline/testing/postgres";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { readTable } from "../../../plugins/target-duckdb/test/read-table.ts";
import { readFile } from "../../../plugins/target-jsonl/test/read-file.ts";
import { readTable as readPostgres } from "../../../plugins/target-postgres/test/read-table.ts";
import { bin } from "../src/command.ts";
import { postgresDatabase } from "../src/faults/database.ts";
import {
  csvTap,
  flatShop,
  fromPython,
  intoPython,
  jsonLines,
  pipeAlone,
  runTapline,
  type Shop,
  shop,
  throughMapper,
} from "../src/foreign-pipes.ts";
import { expectations } from "../src/message-files/expectations.ts";
import { readPlainly } from "../src/message-files/plain-reader.ts";
import { fillFolder, localPath, messageFiles } from "../src/message-files/sources.ts";
import { pythonProgram } from "../src/python.ts";
import { type LoadedDatabase, loadMessages, newDuckdb, newPostgres } from "../test/load-messages.ts";
import bars from "./foreign.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const messageFolder = givenFolder();

const { rows: rowCount, seeds } = bars;
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ settings: { timezone: "UTC" } });
});
afterAll(() => server.stop());

describe.each(seeds)("seed %i", (seed) => {
  pair("singer-python into target-duckdb", async (folder) => {
    const data = shop(seed, rowCount);
    const config = { filepath: join(folder, "shop.duckdb"), batch_size_rows: 3000 };
    const { stdout } = await fromPython(data, "target-duckdb", config, folder);
    assertRows((await readTable(config.filepath, "shop")) ?? [], data.rows, data.schema.properties);
    expect(lastState(stdout)).toEqual({ bookmarks: { shop: { row: rowCount } } });
    // The same rows again: upserted, not doubled.
    await fromPython(data, "target-duckdb", config, folder);
    assertRows((await readTable(config.filepath, "shop")) ?? [], data.rows, data.schema.properties);
  });

  pair("singer-python into target-jsonl", async (folder) => {
    const data = shop(seed, rowCount);
    const { stdout } = await fromPython(data, "target-jsonl", { destination_path: join(folder, "out") }, folder);
    assertRows((await readFile("shop", join(folder, "out"))) ?? [], data.rows, data.schema.properties);
    expect(lastState(stdout)).toEqual({ bookmarks: { shop: { row: rowCount } } });
  });

  pair("tap-csv into target-jsonl of PyPI", async (folder) => {
    const data = flatShop(seed, rowCount);
    const { stdout } = await intoPython(data, "target-jsonl", { destination_path: folder, do_timestamp_file: false }, folder);
    assertRows(jsonLines(folder, "shop"), data.rows, data.schema.properties);
    expect(lastState(stdout)).toMatchObject({
      bookmarks: { shop: { files: { [join(folder, "shop.csv")]: { line: expect.any(Number) } } } },
    });
  });

  pair("tap-csv into meltanolabs-target-csv", async (folder) => {
    const data = flatShop(seed, rowCount);
    mkdirSync(join(folder, "out"));
    await intoPython(data, "target-csv", { output_path_prefix: `${folder}/out/` }, folder);
    const written: Record<string, string>[] = parse(readFileSync(join(folder, "out/shop.csv")), { columns: true });
    const typed = written.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, text]) => [name, fromText(text, data.schema.properties[name])])),
    );
    assertRows(typed, data.rows, data.schema.properties);
  });

  pair("tap-csv through meltano-map-transform into target-jsonl of PyPI", async (folder) => {
    const data = flatShop(seed, rowCount);
    const printed = throughMapper(data, { stream_maps: { shop: { __filter__: "id % 2 == 0" } } }, folder, folder);
    assertRows(
      jsonLines(folder, "shop"),
      data.rows.filter(({ id }) => Number(id) % 2 === 0),
      data.schema.properties,
    );
    expect(printed).toMatch(/"status":"(done|warning)"/);
  });

  pair("meltanolabs-tap-postgres into target-duckdb", async (folder) => {
    const data = flatShop(seed, rowCount);
    await using place = await postgresDatabase(server);
    await fromPython(data, "target-postgres", place.config, folder);
    const filepath = join(folder, "shop.duckdb");
    const plugins = {
      "tap-postgres": {
        executable: pythonProgram("tap-postgres", "tap-postgres"),
        config: { ...place.config, filter_schemas: ["public"] },
        // Without a catalog that selects it, this tap reads no stream.
        select: ["public-shop"],
      },
      "target-duckdb": { executable: bin("target-duckdb"), config: { filepath } },
    };
    // The second time the rows are upserted.
    for (let time = 0; time < 2; time++) {
      expect(runTapline(plugins, folder)).toMatch(/"status":"(done|warning)"/);
      assertRows((await readTable(filepath, "shop", "public")) ?? [], data.rows, data.schema.properties);
    }
  });

  pair("tap-csv into pipelinewise-target-postgres", async (folder) => {
    const data = withoutControls(flatShop(seed, rowCount));
    await using place = await postgresDatabase(server);
    const { database: dbname, ...address } = place.config;
    const config = { ...address, dbname, default_target_schema: "public" };
    const target = { executable: pythonProgram("target-postgres", "target-postgres"), config };
    for (const way of [pipeAlone, runTapline]) {
      await way({ ...csvTap(data, folder), "target-postgres": target }, folder);
      assertRows((await readPostgres({ read: place.query }, "public", "shop")) ?? [], data.rows, data.schema.properties);
    }
  });

  function pair(name: string, work: (folder: string) => Promise<void>): void {
    test(name, async ({ task }: TestContext) => {
      const folder = mkdtempSync(join(tmpdir(), "foreign-"));
      try {
        task.meta.result = { seed, rows: rowCount, rounds: 1 };
        await work(folder);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe.each([
  ["target-duckdb", async (): Promise<LoadedDatabase> => newDuckdb()],
  ["target-postgres", (): Promise<LoadedDatabase> => newPostgres(server)],
])("message files into %s", (target, open) => {
  beforeAll(() => fillFolder(messageFolder));

  test.each(messageFiles.map((file) => [`${file.repository}: ${file.path}`, file] as const))("%s", async (_name, file) => {
    const text = readFileSync(localPath(messageFolder, file), "utf8");
    const expectation = expectations[file.name];
    const { fails, loadsWith } = expectation === undefined || (expectation.only ?? target) !== target ? {} : expectation;
    if (fails !== undefined) {
      await using database = await open();
      expect((await loadMessages(database, text)).failure).toMatchObject({ code: fails });
      if (loadsWith === undefined) return;
    }
    await using database = await open();
    const { failure, summaries } = await loadMessages(database, text, loadsWith);
    expect(failure).toBeUndefined();
    const expected = readPlainly(loadsWith?.nul_characters === "remove" ? text.replaceAll(/(?<!\\)\\u0000/g, "") : text);
    expect([...summaries.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [stream, { schema, table, properties, rows }] of expected) {
      const renamed = new Map(
        summaries
          .get(stream)
          ?.changes?.filter(({ kind }) => kind === "column_renamed")
          .map(({ column, to }) => [to, column]),
      );
      const found = (await database.read(schema, table)) ?? [];
      const stored = found.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [renamed.get(name) ?? name, value])));
      assertRows(stored, rows, properties, `rows of ${stream}`);
      expect(stored.some((row) => "_sdc_extra" in row)).toBe("_sdc_extra" in properties);
    }
  });
});

describe.each([
  ["target-duckdb", async (): Promise<LoadedDatabase> => newDuckdb()],
  ["target-postgres", (): Promise<LoadedDatabase> => newPostgres(server)],
])("flattened message files into %s", (_, open) => {
  beforeAll(() => fillFolder(messageFolder));

  /** As the target that the file was written for flattens it, but objects without properties stay, which it stores as NULL. */
  test("messages-with-nested-schema", async () => {
    const nested = "c_nested_object__nested_prop";
    const multi = `${nested}_3__multi_nested_prop`;
    expect(await flattened("messages-with-nested-schema", "tap_mysql_test", "test_table_nested_schema")).toEqual([
      {
        c_pk: 1,
        c_array: [1, 2, 3],
        c_object: { key_1: "value_1" },
        c_object_with_props__key_1: "value_1",
        [`${nested}_1`]: "nested_value_1",
        [`${nested}_2`]: "nested_value_2",
        [`${multi}_1`]: "multi_value_1",
        [`${multi}_2`]: "multi_value_2",
      },
    ]);
  });

  test("messages-with-nested-data", async () => {
    const rows = await flattened("messages-with-nested-data", undefined, "stargazers");
    expect(rows.map(({ user_id, user__id }) => [user_id, user__id])).toEqual([39645324, 322665, 41018734, 3846080].map((id) => [id, id]));
  });

  async function flattened(name: string, schema: string | undefined, table: string) {
    const file = messageFiles.find((each) => each.name === name) as (typeof messageFiles)[number];
    await using database = await open();
    const settings = { flattening_enabled: true, flattening_max_depth: 10 };
    const { failure } = await loadMessages(database, readFileSync(localPath(messageFolder, file), "utf8"), settings);
    expect(failure).toBeUndefined();
    const rows = (await database.read(schema, table)) ?? [];
    const isSent = ([column]: [string, unknown]): boolean => !column.startsWith("_sdc_");
    return rows.map((row) => Object.fromEntries(Object.entries(row).filter(isSent)));
  }
});

function givenFolder(): string {
  const [folder] = JSON.parse(process.env.TEST_LONG_ARGUMENTS ?? "[]") as string[];
  if (folder === undefined) throw new Error("foreign needs a folder for the message files");
  return folder;
}

/** pipelinewise-target-postgres 2.1.2 turns line ends and tabs into a backslash and a letter. */
const withoutControls = (data: Shop): Shop => ({
  ...data,
  rows: data.rows.map((row) => ({ ...row, name: typeof row.name === "string" ? row.name.replaceAll(/[\n\t]/g, " ") : row.name })),
});

const lastState = (stdout: string): unknown => JSON.parse(stdout.trim().split("\n").at(-1) as string);

/** A CSV file has only text, and Python writes True and False. */
function fromText(text: string, schema: JsonSchema = {}): unknown {
  if (text === "") return null;
  if (schema.type?.includes("boolean")) return text === "True" ? true : text === "False" ? false : text;
  return schema.type?.includes("integer") || schema.type?.includes("number") ? exactNumber(text) : text;
}
