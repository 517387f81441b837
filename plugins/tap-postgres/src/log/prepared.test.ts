/** Two-phase commits: a prepared transaction comes when it is committed, whole, however many runs lie between, and leaves nothing where it is rolled back. */
import { numbers, range } from "@tapline/testing/tap-run";
import { expect, test } from "vitest";
import { Capture, Following, logServer } from "../../test/log-run.ts";
import { readLsn } from "./lsn.ts";

// So little memory that the server keeps the large one on disk while it decodes.
const newDatabase = logServer({ logical_decoding_work_mem: "64kB" });

async function prepared(): Promise<Capture> {
  const it = new Capture(await newDatabase());
  await it.database.read("CREATE TABLE a (id int PRIMARY KEY, v text)", "INSERT INTO a VALUES (1, 'one'), (2, 'two')");
  await it.ok();
  await it.database.read(
    "BEGIN; INSERT INTO a SELECT n, repeat('x', 200) FROM generate_series(100, 5099) AS n; UPDATE a SET v = 'lost' WHERE id = 2; PREPARE TRANSACTION 'lost'",
  );
  await it.database.read(
    "BEGIN; INSERT INTO a SELECT n, repeat('y', 200) FROM generate_series(10000, 14999) AS n; DELETE FROM a WHERE id = 1; PREPARE TRANSACTION 'kept'",
  );
  return it;
}
const end = ["ROLLBACK PREPARED 'lost'", "COMMIT PREPARED 'kept'"];
const kept = [2, 7, ...range(10_000, 14_999)];

async function expectKept(it: Capture): Promise<void> {
  const rows = it.loaded.rows("public-a") as { id: number }[];
  expect(numbers(rows).sort((a, b) => a - b)).toEqual(kept);
  expect(rows).toEqual(await it.expected("public-a"));
}

test("over runs that end, of which one is killed in the middle of it", async () => {
  const it = await prepared();
  const at = async (): Promise<bigint> =>
    readLsn((await it.database.read("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database()"))[0]?.[0]) ??
    0n;
  const before = await at();
  await it.database.read("INSERT INTO a VALUES (7, 'seven')");
  expect(numbers((await it.ok()).rows("public-a"))).toEqual([7]);
  // The slot is confirmed past both PREPAREs, and the server keeps what they changed.
  expect((await it.ok()).rows("public-a")).toEqual([]);
  expect(await at()).toBeGreaterThan(before);
  await it.database.read("CHECKPOINT", ...end);
  const killed = await it.run({ until: ({ record }) => record?.id === 12_000 });
  expect(killed.types).not.toContain("STATE");
  const { rows } = await it.ok();
  expect(rows("public-a")).toHaveLength(5001);
  await expectKept(it);
  expect((await it.ok()).rows("public-a")).toEqual([]);
});

test("over runs that follow", async () => {
  const it = await prepared();
  const first = new Following(it);
  await it.database.read("INSERT INTO a VALUES (7, 'seven')");
  await first.until(() => first.rows("public-a").length === 1 && first.messages.at(-1)?.type === "STATE");
  first.store();
  await first.end();
  const second = new Following(it);
  await it.database.read(...end);
  await second.until(() => second.rows("public-a").length === 5001 && second.messages.at(-1)?.type === "STATE");
  await second.end();
  expect(first.rows("public-a")).toHaveLength(1);
  await expectKept(it);
});
