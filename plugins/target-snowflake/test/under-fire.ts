/**
 * Loads that are killed: at a random moment, before a random statement, or while one runs. After each, the ledger and the rows of both streams
 * agree; at the end every row is there once.
 */
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Config } from "../src/config.ts";
import { listFiles } from "../src/dialect/stage.ts";
import { openSession, type Session } from "../src/session.ts";
import type { Emulator } from "./emulator/server.ts";
import { recordLine, schemaLine, stateLine } from "./lines.ts";
import { startTarget } from "./run-target.ts";
import { startStatementProxy } from "./statement-proxy.ts";

const ways = ["at a moment", "before a statement", "while a statement runs"] as const;
type Way = (typeof ways)[number];

const [rowsEach, commits] = [50, 8];
/** About as many as the whole load has. */
const mostStatements = 120;
/** When a run has logged in, and some seconds later. */
const [firstMs, spreadMs] = [700, 4000];

interface Fire {
  emulator: Emulator;
  folder: string;
  schema: string;
  settings: object;
  kills: number;
  random: () => number;
}

/** Loads the whole input, from the ledger's STATE after each kill, until that is done. @returns how often it was killed in which way */
export async function loadUnderFire({ emulator, folder, schema, settings, kills, random }: Fire): Promise<Record<Way, number>> {
  const config = { ...(emulator.config() as Config), default_target_schema: schema, ...settings };
  const done: Record<Way, number> = { "at a moment": 0, "before a statement": 0, "while a statement runs": 0 };
  const killed = (): number => Object.values(done).reduce((sum, each) => sum + each, 0);
  for (let run = 0; ; run++) {
    const { reached } = await looked(config, schema);
    const way = ways[Math.floor(random() * ways.length)] as Way;
    const at = Math.ceil(random() * mostStatements);
    let [statements, isKilled] = [0, false];
    const kill = (): void => {
      if (isKilled || child.exitCode !== null || !child.kill("SIGKILL")) return;
      isKilled = true;
      done[way]++;
    };
    await using proxy = await startStatementProxy(emulator.port, () => {
      if (isKilled) return "leave";
      if (killed() >= kills || way === "at a moment" || ++statements !== at) return "pass";
      kill();
      return way === "before a statement" ? "leave" : "run";
    });
    const own = { ...config, access_url: proxy.url, state_id: "s", run_id: `r${run}`, commit_after_ms: 0 };
    const { child, ended } = startTarget(folder, own, input(reached));
    if (way === "at a moment" && killed() < kills) {
      await Promise.race([ended, pause(firstMs + random() * spreadMs)]);
      kill();
    }
    const { code, stderr } = await ended;
    // What runs goes on without the client; then the emulator rolls back what the client left open, as Snowflake does after a while.
    if (isKilled) await pause(1500);
    else expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const found = await looked(config, schema);
    const rows = found.reached * rowsEach;
    expect(found).toEqual({ reached: found.reached, a: [rows, rows], b: [rows, rows] });
    if (isKilled) continue;
    expect(found.reached).toBe(commits);
    await assertClean(config, schema);
    return done;
  }
}

/** Stream a is appended to, and the rows of b replace each other. */
function input(from: number): string {
  const parts = Array.from({ length: commits - from }, (_, at) => {
    const ids = Array.from({ length: rowsEach }, (_, row) => (from + at) * rowsEach + row);
    const rows = ids.map(
      (id) => recordLine("a", { id, text: `t${id}` }) + recordLine("b", { id, text: "" }) + recordLine("b", { id, text: `t${id}` }),
    );
    return rows.join("") + stateLine(from + at + 1);
  });
  const properties = { id: { type: "integer" }, text: { type: "string" } };
  return schemaLine("a", properties) + schemaLine("b", properties, ["id"]) + parts.join("");
}

interface Looked {
  /** Commits that the ledger has. */
  reached: number;
  a: [rows: number, whole: number];
  b: [rows: number, whole: number];
}

/** At one moment, whatever else is going on. */
async function looked(config: Config, schema: string): Promise<Looked> {
  await using session = await openSession(config);
  const names = await tablesIn(session, config, schema);
  const name = (table: string): string => `"${config.database}"."${schema.toUpperCase()}"."${table}"`;
  const counts = (table: string): string[] =>
    names.includes(table)
      ? [`(SELECT count(*) FROM ${name(table)})`, `(SELECT count(DISTINCT CASE WHEN TEXT = 't' || ID THEN ID END) FROM ${name(table)})`]
      : ["0", "0"];
  const state = names.includes("_TAPLINE_LOADS") ? `(SELECT max(STATE) FROM ${name("_TAPLINE_LOADS")})` : "NULL";
  const { rows } = await session.execute(`SELECT ${[state, ...counts("A"), ...counts("B")].join(", ")}`);
  const [reached, ...all] = (rows[0] as unknown[]).map(Number) as [number, number, number, number, number];
  return { reached, a: [all[0], all[1]], b: [all[2], all[3]] };
}

async function tablesIn(session: Session, { database }: Config, schema: string): Promise<string[]> {
  const { columns, rows } = await session.execute(`SHOW OBJECTS IN SCHEMA "${database}"."${schema.toUpperCase()}"`);
  return rows.map((row) => String(row[columns.indexOf("name")]));
}

/** No file of any run is left. Snowflake drops temporary tables with their sessions; the emulator keeps those of sessions that were killed. */
async function assertClean(config: Config, schema: string): Promise<void> {
  await using session = await openSession(config);
  expect((await session.execute(listFiles)).rows).toEqual([]);
  const tables = await tablesIn(session, config, schema);
  expect(tables.filter((table) => !/^_TAPLINE_(LANDING|DELETES|UNCHANGED)_/.test(table)).sort()).toEqual(["A", "B", "_TAPLINE_LOADS"]);
}
