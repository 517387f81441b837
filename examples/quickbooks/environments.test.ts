/** The whole job in all environments: loads, dbt models, tests and snapshots, and who is told when it fails. */
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { duckdbRows } from "../../packages/workspace/src/duckdb.ts";
import { postgresDatabase } from "../../packages/workspace/src/faults/database.ts";
import { suiteServer } from "../../packages/workspace/src/faults/suite-server.ts";
import { dbtForTests } from "../../plugins/dbt/test/dbt-for-tests.ts";
import { addressOf, type Copy, copyOfExample, postgresRows, streams } from "./project.ts";

const server = suiteServer();
let copy: Copy;

beforeAll(async () => {
  const plugins = { dbt: { config: { executable: await dbtForTests() } } };
  copy = copyOfExample({ dev: { plugins }, staging: { plugins }, prod: { plugins } });
}, 600_000);
afterAll(() => copy?.[Symbol.dispose]());

const revenue = "SELECT month::date::text, kind, lines::text, revenue::text FROM analytics.monthly_revenue ORDER BY 1, 2";

test("dev and staging hold the same rows and models", async () => {
  await using database = await postgresDatabase(server());
  const env = { ...addressOf(database.config), SLACK_URL: "http://127.0.0.1:9/" };
  for (const environment of ["dev", "staging"]) {
    copy.drop(1);
    const { code, stdout, stderr } = await copy.tapline(["run", "quickbooks", "--environment", environment], env);
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  }
  const file = copy.path("output/quickbooks.duckdb");
  for (const stream of streams) {
    const columns = Object.keys(copy.expected(stream)[0] as object);
    expect(await postgresRows(database.query, stream, columns)).toEqual(copy.expected(stream));
  }
  const inDuckdb = async (sql: string) => (await duckdbRows(file, sql)).map((row) => Object.values(row));
  expect(await database.query(revenue)).toEqual(await inDuckdb(revenue));
});

test("a month of the past that dev has is loaded into another environment, and nothing else", async () => {
  await using database = await postgresDatabase(server());
  const range = ["--from", "2025-02-01", "--to", "2025-03-01", "--by", "month"];
  const { code, stdout, stderr } = await copy.tapline(["backfill", "history", "-e", "staging", ...range], addressOf(database.config));
  expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  const month = copy.expected("invoices").filter((row) => (row["Last Modified"] as string).startsWith("2025-02"));
  expect(month.length).toBeGreaterThan(100);
  expect(await postgresRows(database.query, "invoices", Object.keys(month[0] as object))).toEqual(month);
});

test("in prod a broken file is told to the team's channel and by mail, with its place and without values", async () => {
  await using database = await postgresDatabase(server());
  const posts: string[] = [];
  const mails: string[] = [];
  const hook = createServer(async (request, response) => {
    posts.push(await text(request));
    response.end("ok");
  }).listen(0, "127.0.0.1");
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, _session, done) =>
      text(stream)
        .then((mail) => mails.push(mail))
        .then(() => done()),
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const portOf = (address: unknown): number => (address as AddressInfo).port;
  const env = {
    ...addressOf(database.config),
    SLACK_URL: `http://127.0.0.1:${portOf(hook.address())}/`,
    SMTP_URL: `smtp://127.0.0.1:${portOf(sink.server.address())}`,
  };
  try {
    copy.drop(3);
    appendFileSync(copy.path("output/inbox/items.csv"), '"Secret lamp",Service\n');
    const { code } = await copy.tapline(["run", "quickbooks", "--environment", "prod"], env);
    expect(code).toBe(1);
    expect(posts).toHaveLength(1);
    expect(mails).toHaveLength(1);
    for (const told of [...posts, ...mails]) {
      expect(told).toContain("items.csv");
      expect(told).not.toContain("Secret lamp");
    }
  } finally {
    hook.close();
    sink.close();
  }
});
