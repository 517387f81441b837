/** A SQL dialect as the kit sees it: a session with the real database to load through, and another program's look at the tables. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import type { JsonSchema, Row } from "@tapline/protocol";
import { type RowBatch, type Sink, type TargetStream, Type } from "@tapline/sdk";
import { type Connection, type Dialect, defineSqlTarget, namingSettings, type TableName } from "@tapline/sql";
import type { StoredRow } from "../target/subject.ts";

/** What a plugin tells of its dialect. */
export interface DialectUnderTest {
  dialect: Dialect;
  /** A session with a database that lasts as long as `folder`; checks of one database keep to schemas of their own. */
  connect(folder: string): Promise<Connection>;
  /** The rows of exactly this table as another program finds them; null where there is none. Values as `StoredRow` has them. */
  read(table: TableName, folder: string): Promise<StoredRow[] | null>;
}

/** Rows of one stream on their way into the dialect, as the SDK hands them over. */
export interface Stream {
  name: string;
  properties: Record<string, JsonSchema>;
  keys?: readonly string[];
}

/** One session and the schema the check has to itself. */
export class DialectPlace {
  readonly subject: DialectUnderTest;
  readonly schema: string;
  readonly connection: Connection;
  readonly #folder: string;

  private constructor(subject: DialectUnderTest, folder: string, connection: Connection) {
    this.subject = subject;
    this.connection = connection;
    this.schema = basename(folder);
    this.#folder = folder;
  }

  static async open(subject: DialectUnderTest, folder: string): Promise<DialectPlace> {
    return new DialectPlace(subject, folder, await subject.connect(folder));
  }

  /** A sink on the session, which stays open behind it. It must be disposed before the next one. */
  sink(schema = this.schema): Promise<Sink> {
    const { dialect } = this.subject;
    const connection: Connection = Object.create(this.connection, { [Symbol.asyncDispose]: { value: async () => {} } });
    return defineSqlTarget({
      name: "target-under-test",
      version: "0.0.0",
      description: "The dialect under test",
      config: Type.Object(namingSettings(dialect.fallbackSchema)),
      dialect,
      connect: async () => connection,
    }).open({ default_target_schema: schema, stream_names: "exact" });
  }

  /** Loads and commits the batches, rolls back where that fails. Returns the counts of the commit. */
  async load(stream: Stream, batches: readonly (readonly Row[])[], schema?: string) {
    await using sink = await this.sink(schema);
    const writer = await sink.open(targetStream(stream));
    for (const rows of batches) await writer.write(batch(stream.name, rows));
    return (await sink.commit()).get(stream.name);
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

export function targetStream({ name, properties, keys = [] }: Stream): TargetStream {
  return { name, schema: { type: "object", properties }, keys, loadMethod: keys.length > 0 ? "upsert" : "append-only" };
}

export function batch(stream: string, rows: readonly Row[]): RowBatch {
  return {
    stream,
    count: rows.length,
    byteLength: rows.length * 100,
    *rows() {
      for (let at = 0; at < rows.length; at += chunkRows) {
        const part = rows.slice(at, at + chunkRows).map((row) => Object.fromEntries(Object.entries(row)));
        yield { rows: part, lines: part.map((_, index) => at + index + 1) };
      }
    },
  };
}

const chunkRows = 1000;
