/** Runs that stay: what comes while they follow the log, what they confirm, and how they end. */
import { bookmarkOf } from "@tapline/sdk";
import { numbers, range } from "@tapline/testing/tap-run";
import { describe, expect, test } from "vitest";
import { Capture, codeOf, Following, logServer } from "../../test/log-run.ts";
import { readLsn } from "./lsn.ts";

const newDatabase = logServer({ max_wal_size: "1GB" });

async function capture(...statements: string[]): Promise<Capture> {
  const it = new Capture(await newDatabase());
  await it.database.read("CREATE TABLE a (id int PRIMARY KEY, v text)", "INSERT INTO a VALUES (1, 'first')", ...statements);
  return it;
}

const confirmed = async (it: Capture): Promise<bigint> =>
  readLsn(
    (
      await it.database.read("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database() AND NOT temporary")
    )[0]?.[0],
  ) as bigint;
const kept = async (it: Capture): Promise<number> =>
  Number(
    (
      await it.database.read(
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) FROM pg_replication_slots WHERE database = current_database() AND NOT temporary",
      )
    )[0]?.[0],
  );
const lastLsn = (run: Following): bigint =>
  readLsn(run.messages.findLast(({ type }) => type === "STATE")?.value.bookmarks["public-a"]?.lsn) as bigint;

describe("a run that stays", () => {
  test("reads the tables whole, sends changes as they come, each with a STATE soon after it, and ends whole", async () => {
    const it = await capture("CREATE TABLE b (id int PRIMARY KEY)");
    const run = new Following(it);
    await run.until(() => run.rows("public-a").length === 1);
    await it.database.read("INSERT INTO a VALUES (2, 'second')");
    await run.until(() => run.rows("public-a").length === 2 && run.messages.at(-1)?.type === "STATE");
    await it.database.read("UPDATE a SET v = 'changed' WHERE id = 2", "INSERT INTO b VALUES (7)", "DELETE FROM a WHERE id = 1");
    await run.until(() => run.rows("public-b").length === 1 && run.rows("public-a").length === 4);
    await run.until(() => run.lags.some(({ seconds, bytes }) => seconds === 0 && bytes !== null));
    const { thrown, types } = await run.end();
    expect([thrown, types.at(-1)]).toEqual([undefined, "STATE"]);
    expect(it.loaded.rows("public-a")).toEqual(await it.expected("public-a"));
    expect(it.loaded.rows("public-b")).toEqual([{ id: 7 }]);
    // The next run goes on from there.
    expect((await it.ok()).rows("public-a")).toEqual([]);
  });

  test("a TRUNCATE acts at once, also where the run has sent no row of the table", async () => {
    const it = await capture();
    await it.ok();
    const run = new Following(it);
    await it.database.read("TRUNCATE a");
    await run.until(() => run.messages.some(({ type }) => type === "ACTIVATE_VERSION") && run.messages.at(-1)?.type === "STATE");
    expect(run.messages.find(({ type }) => type === "ACTIVATE_VERSION")).toMatchObject({ stream: "public-a", after_rows: true });
    await run.end();
    expect(it.loaded.rows("public-a")).toEqual([]);
  });

  test("a table whose older rows the log does not tell is read whole again, and followed on", async () => {
    const it = await capture();
    const run = new Following(it);
    await run.until(() => run.messages.at(-1)?.type === "STATE");
    await it.database.read("ALTER TABLE a ADD COLUMN n int DEFAULT 5", "INSERT INTO a VALUES (2, 'x', 6)");
    await run.until(() => run.rows("public-a").some(({ id, n }) => id === 1 && n === 5));
    await it.database.read("INSERT INTO a VALUES (3, 'y', 7)");
    await run.until(() => run.rows("public-a").some(({ id }) => id === 3));
    const { warnings } = await run.end();
    expect(warnings).toEqual([expect.stringContaining("is read whole again")]);
    expect(it.loaded.rows("public-a")).toEqual(await it.expected("public-a"));
  });

  test("a table that is dropped fails, and the others are followed on", async () => {
    const it = await capture("CREATE TABLE b (id int PRIMARY KEY)");
    const run = new Following(it);
    await run.until(() => run.messages.filter(({ type }) => type === "STATE").length >= 2);
    await it.database.read(
      "BEGIN; INSERT INTO b VALUES (1); ALTER TABLE b ADD COLUMN x int DEFAULT 3; INSERT INTO b VALUES (2); COMMIT; DROP TABLE b",
    );
    await it.database.read("INSERT INTO a VALUES (2, 'on')");
    await run.until(() => run.rows("public-a").some(({ id }) => id === 2));
    await it.database.read("INSERT INTO a VALUES (3, 'on')");
    await run.until(() => run.rows("public-a").some(({ id }) => id === 3));
    const { thrown } = await run.end();
    expect(codeOf(thrown)).toBe("table_changed");
  });

  test("asked to end in the middle of a transaction, it ends after it", async () => {
    const it = await capture();
    await it.ok();
    await it.database.read("INSERT INTO a SELECT n, repeat('x', 300) FROM generate_series(10, 30009) AS n");
    const run = new Following(it);
    await run.until(() => run.rows("public-a").length > 0);
    expect(run.messages.at(-1)?.type).toBe("RECORD");
    const { messages } = await run.end();
    expect(messages.at(-1)?.type).toBe("STATE");
    expect(numbers(run.rows("public-a"))).toEqual(range(10, 30009));
  });
});

describe("what it confirms", () => {
  test("is what was said to be stored, in the run, and never more", async () => {
    const it = await capture();
    const run = new Following(it);
    await run.until(() => run.messages.at(-1)?.type === "STATE");
    const start = await confirmed(it);
    await it.database.read("INSERT INTO a VALUES (2, 'x')");
    await run.until(() => run.rows("public-a").length === 2 && run.messages.at(-1)?.type === "STATE");
    const first = lastLsn(run);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await confirmed(it)).toBe(start);
    run.store();
    await run.until(async () => (await confirmed(it)) >= first);
    await it.database.read("INSERT INTO a VALUES (3, 'y')");
    await run.until(() => run.rows("public-a").length === 3 && lastLsn(run) > first);
    const stored = readLsn(bookmarkOf(run.durable.state ?? {}, "public-a").lsn) as bigint;
    expect(await confirmed(it)).toBeLessThanOrEqual(stored);
    await run.end();
  });

  test("also a run that catches up confirms what is stored meanwhile", async () => {
    const it = await capture();
    await it.ok();
    const before = await confirmed(it);
    const insert = (from: number) => `INSERT INTO a SELECT n, repeat('x', 500) FROM generate_series(${from}, ${from + 9999}) AS n`;
    await it.database.read(...range(1, 6).map((n) => insert(n * 10_000)));
    const durable: { state: typeof it.state | undefined } = { state: undefined };
    let isSeen = false;
    await it.ok({
      durable,
      until(message) {
        if (message.type === "STATE") durable.state = message.value as unknown as typeof it.state;
        return false;
      },
      async between() {
        if (!isSeen && durable.state !== undefined) isSeen = (await confirmed(it)) > before;
      },
    });
    expect(isSeen).toBe(true);
  });

  test("while only other tables are written: the server keeps little, though no row comes", async () => {
    const it = await capture("CREATE TABLE other (id bigserial, v text)");
    const config = { filter_tables: "public.a" };
    const run = new Following(it, { config });
    await run.until(() => run.messages.at(-1)?.type === "STATE");
    const timer = setInterval(() => run.store(), 100);
    const most: number[] = [];
    for (let n = 0; n < 12; n++) {
      await it.database.read("INSERT INTO other (v) SELECT repeat(md5(i::text), 60) FROM generate_series(1, 2500) AS i");
      await new Promise((resolve) => setTimeout(resolve, 400));
      most.push(await kept(it));
    }
    await run.until(async () => (await kept(it)) < 8 * 1024 * 1024);
    clearInterval(timer);
    expect(run.rows("public-a")).toHaveLength(1);
    await run.end();
    // The same without a word of what is stored: nothing is confirmed, and a limit ends the run.
    const limited = new Following(it, { config: { ...config, max_retained_wal: 8 } });
    await it.database.read("INSERT INTO other (v) SELECT repeat(md5(i::text), 60) FROM generate_series(1, 12000) AS i");
    expect(codeOf((await limited.ended).thrown)).toBe("log_kept_too_long");
  });
});
