/** A SQL dialect as the kit sees it: a session with the real database to load through, and another program's look at the tables. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import {
  type CheckFound,
  type Continues,
  type Json,
  type JsonSchema,
  type ReplayedRejects,
  type Row,
  type Check as Rule,
  TaplineError,
} from "@tapline/protocol";
import {
  checkConfig,
  type KeptRejects,
  type LastState,
  type LoadOptions,
  load,
  type Query,
  type RejectSelection,
  type RowReader,
  replayRejects,
  rowBatch,
  type Sink,
  type StreamSummary,
  type Target,
  type TargetSettings,
  type TargetStream,
  Type,
  withTargetSettings,
} from "@tapline/sdk";
import { type Connection, type Dialect, defineSqlTarget, type ReadSession, sqlSettings, type TableName } from "@tapline/sql";
import { type Check, temporaryFolder } from "../check.ts";
import type { StoredRow } from "../target/subject.ts";

/** What a plugin gives the kit to test its dialect. */
export interface DialectUnderTest {
  dialect: Dialect;
  /** A session with a database that lasts as long as `folder`; each check of one database uses its own schema. */
  connect(folder: string): Promise<Connection>;
  /** A session for queries, of targets that show rows. No session of `connect` is open then. */
  connectToRead?(folder: string, signal: AbortSignal): Promise<ReadSession>;
  /** Its connections have `readRows`: tables are checked before a commit. */
  checksBeforeCommit?: true;
  /** A text type that ignores case when it compares: SQL that makes it, and its name. */
  ignoringCase: { prepare: readonly string[]; type: string };
  /** The database has no indexes, and takes keys and checks without enforcing them. Default: it has and enforces them. */
  enforcesNothing?: true;
  /** The names of checks that fail only because an emulator stands in for the database, each with the reason. */
  notShown?: Readonly<Record<string, string>>;
  /** The rows of exactly this table as another program finds them; null where there is none. Values as `StoredRow` has them. */
  read(table: TableName, folder: string): Promise<StoredRow[] | null>;
}

/** Rows of one stream on their way into the dialect, as the SDK hands them over. */
export interface Stream {
  name: string;
  properties: Record<string, JsonSchema>;
  keys?: readonly string[];
}

/** What a load returned and reported. */
export interface Piped {
  states: Json[];
  summaries: Map<string, StreamSummary>;
  warnings: string[];
  /** What it threw. */
  failure: unknown;
}

export interface QueriedRows extends Pick<RowReader, "columns"> {
  /** The JSON text of each cell. */
  rows: (readonly string[])[];
  more: number;
}

/** One session and the schema the check has to itself. */
export class DialectSession {
  readonly subject: DialectUnderTest;
  readonly schema: string;
  readonly connection: Connection;
  /** The database's name in qualified names; also once the connection is closed. */
  readonly database: string;
  readonly #folder: string;

  private constructor(subject: DialectUnderTest, folder: string, connection: Connection) {
    this.subject = subject;
    this.connection = connection;
    this.database = connection.database;
    this.schema = basename(folder);
    this.#folder = folder;
  }

  static async open(subject: DialectUnderTest, folder: string): Promise<DialectSession> {
    return new DialectSession(subject, folder, await subject.connect(folder));
  }

  /** The same session, but targets get rows as objects only. */
  withObjectsAlone(): DialectSession {
    const bulkLoad: Connection["bulkLoad"] = (target) => {
      const load = this.connection.bulkLoad(target);
      const convert: typeof load.convert = (batch) => load.convert(Object.create(batch, { chunks: { value: undefined } }));
      return Object.create(load, { convert: { value: convert } });
    };
    return new DialectSession(this.subject, this.#folder, Object.create(this.connection, { bulkLoad: { value: bulkLoad } }));
  }

  /** A sink on the session, which stays open after it. It must be disposed before the next one. `run`: the run whose ledger it keeps. */
  sink(schema = this.schema, run: { state_id?: string; run_id?: string; continues?: Continues } = {}): Promise<Sink> {
    return this.#target().open({ default_target_schema: schema, stream_names: "exact", ...run });
  }

  /** What the ledger has; takes it over where a run is given. */
  lastState(stateId: string, runId?: string): Promise<LastState> {
    const run = runId === undefined ? {} : { run_id: runId };
    return this.#target().lastState?.({ default_target_schema: this.schema, ...run }, stateId) as Promise<LastState>;
  }

  /** Loads lines through a target's whole path; an error is returned, not thrown. */
  async pipe(input: string, settings: Record<string, unknown> = {}, options: LoadOptions = {}): Promise<Piped> {
    const target = this.#target() as unknown as Target;
    const given = { default_target_schema: this.schema, stream_names: "exact", ...settings };
    const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, target.loadMethods), given);
    const piped: Piped = { states: [], summaries: new Map(), warnings: [], failure: undefined };
    const onSummary: LoadOptions["onSummary"] = (all) => {
      for (const summary of all) piped.summaries.set(summary.stream, summary);
    };
    const warn = (message: string): void => void piped.warnings.push(message);
    try {
      for await (const state of load(target, config, pieces(input), { warn, onSummary, ...options })) piped.states.push(state);
    } catch (error) {
      piped.failure = error;
    }
    return piped;
  }

  /** As `pipe`; fails unless the load ends well. */
  async piped(input: string, settings: Record<string, unknown> = {}): Promise<Piped> {
    const piped = await this.pipe(input, settings);
    assert.equal(piped.failure, undefined, `the load failed: ${(piped.failure as Error | undefined)?.message}`);
    return piped;
  }

  #target() {
    const connection: Connection = Object.create(this.connection, { [Symbol.asyncDispose]: { value: async () => {} } });
    return defineSqlTarget({
      name: "target-under-test",
      version: "0.0.0",
      description: "The dialect under test",
      config: Type.Object(sqlSettings(this.subject.dialect.names.fallbackSchema)),
      dialect: this.subject.dialect,
      checksBeforeCommit: this.subject.checksBeforeCommit === true,
      connect: async () => connection,
      connectToRead: (_config, signal) => this.subject.connectToRead?.(this.#folder, signal) as Promise<ReadSession>,
    });
  }

  /** The rows that the target shows, read `most` at a time, and how many more there are than `limit`. */
  async query(query: Query, { most = 1000, limit = Number.POSITIVE_INFINITY } = {}): Promise<QueriedRows> {
    const settings = { default_target_schema: this.schema, stream_names: "exact" as const, table_names: "snake_case" as const };
    await using reader = (await this.#target().query?.(settings, query, new AbortController().signal)) as RowReader;
    const rows: (readonly string[])[] = [];
    while (rows.length < limit) {
      const next = await reader.read(Math.min(most, limit - rows.length));
      if (next.length === 0) break;
      rows.push(...next);
    }
    return { columns: reader.columns, rows, more: await reader.countRest() };
  }

  /** What rules find in the tables. */
  async checkTables(rules: readonly Rule[]): Promise<CheckFound[]> {
    const naming = { stream_names: "exact" as const, table_names: "snake_case" as const, column_names: "snake_case" as const };
    const settings = { default_target_schema: this.schema, ...naming };
    const found: CheckFound[] = [];
    for await (const each of this.#target().check?.(settings, rules, new AbortController().signal) ?? []) found.push(each);
    return found;
  }

  /** Replays rejected rows through the target's whole path. */
  replay(settings: Record<string, unknown> = {}, selection: RejectSelection = {}, signal?: AbortSignal): Promise<ReplayedRejects[]> {
    const target = this.#target() as unknown as Target;
    const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, target.loadMethods), {
      default_target_schema: this.schema,
      stream_names: "exact",
      ...settings,
    });
    return replayRejects(target, config, selection, signal === undefined ? {} : { signal });
  }

  /** Works on the rejected rows that are kept. */
  async withRejects<T>(work: (rejects: KeptRejects) => Promise<T>): Promise<T> {
    await using sink = await this.#target().open({ default_target_schema: this.schema, stream_names: "exact" }, "rejects");
    return await work(sink.rejects as KeptRejects);
  }

  /** Loads and commits the batches, rolls back where that fails. Returns the counts of the commit. */
  async load(stream: Stream, batches: readonly (readonly Row[])[], schema?: string) {
    await using sink = await this.sink(schema);
    const writer = await sink.open(targetStream(stream));
    for (const rows of batches) await writer.write(rowBatch(stream.name, rows));
    return (await sink.commit()).counts.get(stream.name);
  }

  /** What another program finds now; fails where there is no table. */
  async rows(table: string, schema = this.schema): Promise<StoredRow[]> {
    const rows = await this.rowsOrNone(table, schema);
    assert.ok(rows !== null, `there is no table ${JSON.stringify(table)} in schema ${JSON.stringify(schema)}`);
    return rows;
  }

  rowsOrNone(table: string, schema = this.schema): Promise<StoredRow[] | null> {
    return this.subject.read({ schema, table }, this.#folder);
  }

  /** What a load that failed left of a table. Where DDL commits, a new table stays, without rows: that is nothing. */
  async leftBehind(table: string): Promise<StoredRow[] | null> {
    const rows = await this.rowsOrNone(table);
    return rows?.length === 0 && this.subject.dialect.traits.ddl === "commits" ? null : rows;
  }

  /** Names of all tables of these schemas, each as "schema table" in JSON. */
  async tables(schemas: ReadonlySet<string>): Promise<string[]> {
    // The "=" in front keeps clients from trimming what names begin with.
    const rows = await this.connection.query("SELECT '=' || table_schema, '=' || table_name FROM information_schema.tables");
    return rows
      .map((names) => names.map((name) => String(name).slice(1)))
      .filter(([schema]) => schemas.has(schema as string))
      .map((names) => JSON.stringify(names))
      .sort();
  }
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const pieceBytes = 1 << 16;

export function targetStream({ name, properties, keys = [] }: Stream): TargetStream {
  return { name, schema: { type: "object", properties }, keys, loadMethod: keys.length > 0 ? "upsert" : "append-only" };
}

/** The column of each property, by its name or its comment, without those of the metadata. */
export async function columnsIn({ connection, schema }: DialectSession, table: string): Promise<Record<string, string>> {
  const columns = (await connection.describe({ schema, table }))?.columns ?? [];
  const intro = "tapline: property ";
  return Object.fromEntries(
    columns
      .filter(({ name }) => !name.startsWith("_sdc_"))
      .map(({ name, comment }) => [comment?.startsWith(intro) ? String(JSON.parse(comment.slice(intro.length))) : name, name]),
  );
}

/** The types of a table's columns as the database spells them, without those of the metadata. */
export async function typesIn({ connection, schema }: DialectSession, table: string): Promise<Record<string, string>> {
  const columns = (await connection.describe({ schema, table }))?.columns ?? [];
  return Object.fromEntries(columns.filter(({ name }) => !name.startsWith("_sdc_")).map(({ name, type }) => [name, type]));
}

export function assertRefused(failure: unknown, code: string): void {
  assert.ok(failure !== undefined, `it was taken where ${code} was due`);
  assert.equal(failure instanceof TaplineError ? failure.code : String(failure), code);
}

/** A check with its own session. */
export function dialectCheck(name: string, run: (session: DialectSession) => Promise<void>): Check<DialectUnderTest> {
  return {
    name,
    async run(subject) {
      using folder = temporaryFolder();
      const session = await DialectSession.open(subject, folder.path);
      await using _ = session.connection;
      await run(session);
    },
  };
}
