/** A run that continues over a database file that is not the one the earlier run loaded. */
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Continues } from "@tapline/protocol";
import { type Connection, defineSqlTarget } from "@tapline/sql";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import { type Config, config } from "./config.ts";
import { connect } from "./connection.ts";
import { dialect } from "./dialect/index.ts";
import target from "./index.ts";

const id = { type: "integer" };

async function load(given: Config, runId: string, continues?: Continues, name = "s"): Promise<void> {
  const run = { state_id: "dev:a-to-b@1", run_id: runId, ...(continues === undefined ? {} : { continues }) };
  await using sink = await target.open({ ...given, ...run });
  const writer = await sink.open(stream({ id }, [], undefined, name));
  await writer.write(batch([{ id: 1 }], { stream: name }));
  await sink.commit(`{"run":"${runId}"}`);
}

const count = (filepath: string, table = "s") => read(filepath, `SELECT count(*)::INT FROM ${table}`);

test("a file that was deleted, another path, and a copy of an earlier state are refused; the file itself is not", async () => {
  const folder = temporaryFolder();
  const filepath = join(folder, "w.duckdb");
  const backup = join(folder, "backup.duckdb");
  await load({ filepath }, "20260101T000000Z-a");
  copyFileSync(filepath, backup);
  await load({ filepath }, "20260102T000000Z-b", { run_id: "20260101T000000Z-a", streams: ["s"] });

  const continues = { run_id: "20260102T000000Z-b", streams: ["s"] };
  const restored = await failure(() => load({ filepath: backup }, "c", continues));
  expect(restored).toMatchObject({
    code: "ledger_differs",
    class: "config",
    recovery: "fatal",
    hint: expect.stringMatching(/--from-ledger/),
  });
  expect(restored.message).toContain(backup);
  expect(restored.message).toContain("older");
  const elsewhere = await failure(() => load({ filepath: join(folder, "other.duckdb") }, "c", continues));
  expect(elsewhere).toMatchObject({
    code: "ledger_missing",
    class: "config",
    recovery: "fatal",
    hint: expect.stringMatching(/state accept/),
  });
  await load({ filepath }, "20260103T000000Z-c", continues);
  expect(await count(filepath)).toEqual([[3]]);
  expect(await count(backup)).toEqual([[1]]);

  rmSync(filepath);
  const deleted = await failure(() => load({ filepath }, "d", { run_id: "20260103T000000Z-c", streams: ["s"] }));
  expect(deleted.code).toBe("ledger_missing");
  expect(await read(filepath, "SELECT count(*)::INT FROM duckdb_tables()")).toEqual([[0]]);
});

test.each(["shop-orders", "a-shop-Orders", "Orders", 'o"dd', ""])(
  "the table of stream %j is found by its name, in any case",
  async (name) => {
    const filepath = join(temporaryFolder(), "w.duckdb");
    await load({ filepath }, "r1", undefined, name);
    await load({ filepath }, "r2", { run_id: "r1", streams: [name] }, name);
    const [[schema, table] = []] = await read(
      filepath,
      "SELECT schema_name, table_name FROM duckdb_tables() WHERE table_name <> '_tapline_loads'",
    );
    await read(
      filepath,
      `ALTER TABLE "${schema}"."${String(table).replaceAll('"', '""')}" RENAME TO "${String(table).toUpperCase().replaceAll('"', '""')}"`,
    );
    await load({ filepath }, "r3", { run_id: "r2", streams: [name] }, name);
  },
);

test("settings that give the stream another table are refused: its earlier rows are not there", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await load({ filepath }, "r1", undefined, "shop-orders");
  const continues = { run_id: "r1", streams: ["shop-orders"] };
  const error = await failure(() => load({ filepath, stream_names: "exact" }, "r2", continues, "shop-orders"));
  expect(error).toMatchObject({ code: "table_missing", message: expect.stringContaining("main.shop-orders") });
});

test("a commit after which the table is not there is not reported", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  const losing = defineSqlTarget({
    name: "target-losing",
    version: "0",
    description: "",
    config,
    dialect,
    async connect(given) {
      const real = await connect(given);
      const commit = async (): Promise<void> => {
        await real.run("DROP TABLE IF EXISTS main.s");
        await real.run("CREATE TEMP TABLE s (id BIGINT)");
        await real.commit();
      };
      return Object.create(real, { commit: { value: commit } }) as Connection;
    },
  });
  await using sink = await losing.open({ filepath });
  const writer = await sink.open(stream({ id }));
  await writer.write(batch([{ id: 1 }]));
  expect(await failure(() => sink.commit())).toMatchObject({ code: "not_stored", position: { stream: "s" } });
});
