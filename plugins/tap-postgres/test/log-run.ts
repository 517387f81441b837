/** A server whose log has single changes, and pipes from it, of which each run has the state of the one before. */
import type { Json, Lag, Row, State } from "@tapline/sdk";
import { type PostgresServer, queryPostgres, startPostgres, type TestDatabase } from "@tapline/testing/postgres";
import { Loaded, type Sent } from "@tapline/testing/tap-run";
import { afterAll, beforeAll } from "vitest";
import { type RunOptions, runTap } from "./tap-run.ts";

export const logSettings = { wal_level: "logical", max_replication_slots: "100", max_wal_senders: "100", max_prepared_transactions: "5" };

/** One server for the tests of a file. Each call of the result makes a database. */
export function logServer(settings: Record<string, string> = {}): () => Promise<TestDatabase> {
  let server: PostgresServer | undefined;
  let count = 0;
  beforeAll(async () => {
    server = await startPostgres({ settings: { ...logSettings, ...settings } });
  }, 120_000);
  afterAll(() => server?.stop());
  return async () => {
    if (server === undefined) throw new Error("the server exists only while tests run");
    const { address } = server;
    const database = `log_${++count}`;
    await queryPostgres({ ...address, database: "postgres" }, [`CREATE DATABASE ${database}`]);
    const own = { ...address, database };
    return { ...own, read: (...statements) => queryPostgres(own, statements) };
  };
}

/** As the runner names a state in a ledger. */
const stateId = "dev:tap-postgres-to-target-x@0123abcd";
/** A target that takes all that a tap of a log sends. */
const target = { capabilities: ["partial-records"], load_method: null };

/** A pipe: each run has the state of the one before, and all that was sent is loaded. */
export class Capture {
  state: State = {};
  readonly loaded = new Loaded();
  readonly database: TestDatabase;

  constructor(database: TestDatabase) {
    this.database = database;
  }

  /** With `until`, rows after the last STATE are dropped, as a target drops them. */
  async run(options: RunOptions = {}): Promise<Sent> {
    const config = { default_replication_method: "LOG_BASED" as const, ...options.config };
    const sent = await runTap(this.database, { stateId, target, state: this.state, ...options, config });
    this.state = sent.state;
    const last = options.until === undefined || options.follow !== undefined ? sent.messages.length : sent.types.lastIndexOf("STATE") + 1;
    this.loaded.take(sent.messages.slice(0, last));
    return sent;
  }

  /** @throws what the run threw */
  async ok(options?: RunOptions): Promise<Sent> {
    const sent = await this.run(options);
    if (sent.thrown !== undefined) throw sent.thrown;
    return sent;
  }

  /** What a whole read has in this table now. */
  async expected(stream: string): Promise<Json[]> {
    const { messages, thrown } = await runTap(this.database);
    if (thrown !== undefined) throw thrown;
    return new Loaded().take(messages).rows(stream);
  }

  bookmark(stream: string): Record<string, Json> {
    return (this.state as { bookmarks: Record<string, Record<string, Json>> }).bookmarks[stream] ?? {};
  }
}

export { brief, codeOf } from "@tapline/testing/tap-run";

/** A run that stays, as the runner keeps one: what it sent so far is `messages`, and what is stored is said by hand. */
export class Following {
  readonly messages: Sent["messages"] = [];
  readonly lags: Lag[] = [];
  readonly durable: { state: State | undefined } = { state: undefined };
  readonly ended: Promise<Sent>;
  readonly #ends = new AbortController();

  constructor(capture: Capture, options: RunOptions = {}) {
    const follow = { ends: this.#ends.signal, lag: (lag: Lag) => void this.lags.push(lag) };
    this.ended = capture.run({
      ...options,
      follow,
      durable: this.durable,
      until: (message) => {
        this.messages.push(message);
        return false;
      },
    });
  }

  /** Waits until it is so. @throws after 20 s */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const from = Date.now(); !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 25)))
      if (Date.now() - from > 20_000)
        throw new Error(`it did not come to that: ${String(isSo)}; last: ${JSON.stringify(this.messages.slice(-3))}`);
  }

  /** The newest STATE is stored. */
  store(): void {
    this.durable.state = this.messages.findLast(({ type }) => type === "STATE")?.value as unknown as State;
  }

  rows(stream: string): Row[] {
    return this.messages.filter((message) => message.type === "RECORD" && message.stream === stream).map(({ record }) => record);
  }

  finish(): void {
    this.#ends.abort();
  }

  async end(): Promise<Sent> {
    this.finish();
    return this.ended;
  }
}
