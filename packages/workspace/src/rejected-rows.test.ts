/** Rejected rows are listed, replayed and discarded by real processes, over both databases. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeptReject } from "@tapline/protocol";
import { testDatabase } from "@tapline/testing/postgres";
import { describe, expect, onTestFinished, test } from "vitest";
import { bin, type Ended, run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";

interface Destination {
  target: "target-duckdb" | "target-postgres";
  config: Record<string, unknown>;
  /** Id and value of each row, by id. */
  rows(): Promise<string[]>;
}

const selectRows = "SELECT id || ' ' || v AS row FROM shop.orders ORDER BY id";

async function duckdb(folder: string): Promise<Destination> {
  const filepath = join(folder, "warehouse.duckdb");
  return {
    target: "target-duckdb",
    config: { filepath },
    rows: async () => (await duckdbRows(filepath, selectRows)).map(({ row }) => String(row)),
  };
}

async function postgres(): Promise<Destination> {
  const { host, port, user, password, database, read } = await testDatabase();
  return {
    target: "target-postgres",
    config: { host, port, user, password, database },
    rows: async () => (await read(selectRows)).map(([row]) => String(row)),
  };
}

const schema =
  '{"type":"SCHEMA","stream":"orders","schema":{"properties":{"id":{"type":"integer"},"v":{"type":"string","maxLength":3}}},"key_properties":["id"]}';
const record = (id: number, v: string): string => `{"type":"RECORD","stream":"orders","record":{"id":${id}, "v":"${v}"}}`;

/** A tap that sends these lines. */
function project(folder: string, { target, config }: Destination, lines: readonly string[], settings: object = {}): void {
  const tap = join(folder, "tap-lines");
  writeFileSync(join(folder, "lines.jsonl"), `${lines.join("\n")}\n`);
  writeFileSync(tap, `#!/bin/sh\ncase "$*" in *--about*|*--help*|*--discover*) exit 1;; esac\nexec cat '${folder}/lines.jsonl'\n`);
  chmodSync(tap, 0o755);
  const own = { ...config, default_target_schema: "shop", on_error: "reject", ...settings };
  const plugins = { "tap-lines": { executable: tap }, [target]: { executable: bin(target), config: own } };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
}

describe.each([
  ["DuckDB", duckdb],
  ["PostgreSQL", postgres],
] as const)("rejected rows in %s", (_, open) => {
  test("are listed, shown, replayed with the settings of now, and discarded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tapline-rejects-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const destination = await open(folder);
    const { target } = destination;
    const tapline = (...args: string[]): Promise<Ended> => run("tapline", args, { cwd: folder });
    const rejects = (...args: string[]): Promise<Ended> => tapline("rejects", ...args);
    const bad = '{"type":"RECORD","stream":"orders","record":{"id":"x", "v":"b"}}';
    project(folder, destination, [
      schema,
      record(1, "long"),
      record(2, "longer"),
      record(2, "new"),
      bad,
      '{"type":"STATE","value":{"n":1}}',
    ]);

    const loaded = await tapline("run", "tap-lines", target);
    expect(loaded.stderr).toContain('3 rows of stream "orders" did not fit');
    const listed = await rejects("list", "--json");
    expect(listed.stderr).toBe("");
    const kept = listed.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as KeptReject & { plugin: string });
    expect(kept).toMatchObject([2, 3, 5].map((line) => ({ plugin: target, stream: "orders", position: { line }, code: "record_invalid" })));
    expect(new Set(kept.map(({ id }) => id)).size).toBe(3);
    expect((await rejects("list", target)).stdout).toMatch(
      new RegExp(
        `^plugin +id +rejected \\(UTC\\) +stream +position +reason\\n${target} +${kept[0]?.id} [^]*\\n\\nTo see the whole row: tapline rejects show ${target} ${kept[0]?.id}\\n$`,
      ),
    );
    expect((await rejects("show", target, kept[0]?.id ?? "")).stdout).toContain('record    {"id":1, "v":"long"}');

    expect(await rejects("replay", target)).toMatchObject({ code: 2, stderr: expect.stringContaining("--stream STREAM") });
    expect((await rejects("replay", target, "nobody")).stderr).toContain("No rejected row has the id nobody");
    expect((await rejects("show", kept[0]?.id ?? "")).stderr).toContain(`tapline rejects show PLUGIN ${kept[0]?.id}.`);
    expect((await rejects("show", "nobody", kept[0]?.id ?? "")).stderr).toContain(
      `"nobody" is not a plugin of this project; there are: tap-lines, ${target}`,
    );
    const again = await rejects("replay", target, "--all");
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining("3 rows rejected again") });
    expect(again.stdout).toContain(`\n  ${kept[0]?.id}: ${kept[0]?.reason}\n`);
    project(folder, destination, [], { validate_records: false });
    const replayed = await rejects("replay", target, "--stream", "orders");
    const shown = JSON.parse((await rejects("show", target, "--all", "--json")).stdout) as KeptReject;
    expect(replayed.stdout).toBe(
      `orders: 1 row loaded (1 inserted, 0 updated); 1 row not loaded, because a newer row with the same key is there; 1 row rejected again and kept\n  ${kept[2]?.id}: ${shown.reason}\n`,
    );
    expect(await destination.rows()).toEqual(["1 long", "2 new"]);
    expect((await rejects("discard", target, kept[2]?.id ?? "", "--json")).stdout).toBe(
      `{"plugin":"${target}","stream":"orders","discarded":1}\n`,
    );
    expect((await rejects("list")).stdout).toBe("No rejected rows are kept.\n");
  });
});
