/**
 * The rows of one statement as Singer lines. Where a value does not have its column's form, such as the date `infinity`, the stream's schema
 * changes from that row on. Behind a savepoint, so that a failure does not end the transaction, and that the table's lock goes afterwards.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { CopyFrames, CopyLines, copyOut, type Session } from "@tapline/postgres";
import { type Chunk, Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import { expectColumns, streamName, tableName } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { PostgresTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { ColumnForms } from "./column-forms.ts";

/** Where the last row of a piece is: the bytes of its COPY text. */
export interface RowPlace {
  bytes: Buffer;
  start: number;
}

/** How the columns of a stream are read and written; shared by all statements over the table. */
export class TableRows {
  readonly table: PostgresTable;
  readonly context: ReadContext;
  readonly #forms: ColumnForms;
  /** Conditions of the person's own, for all statements. */
  readonly #own: readonly string[];

  /** @throws columns_gone */
  constructor(table: PostgresTable, context: ReadContext, config: Config) {
    this.#own = ownConditions(table, config);
    this.table = table;
    this.context = context;
    expectColumns(table, context.columns);
    this.#forms = new ColumnForms(table, context.log);
  }

  /**
   * `conditions`: those that all must hold; the table is `t`. `order`: what comes after them. `onLast` is called with the last row of each piece, before the piece.
   * @throws table_rewritten and errors of the server
   */
  async *read(session: Session, conditions: readonly string[], order = "", onLast?: (row: RowPlace) => void): AsyncGenerator<Chunk> {
    const name = tableName(this.table);
    const all = [...conditions, ...this.#own];
    const sql = `COPY (SELECT ${this.#list()} FROM ${name} AS t${all.length === 0 ? "" : ` WHERE ${all.join(" AND ")}`} ${order}) TO STDOUT`;
    const frames = new CopyFrames();
    let lines = this.#writer();
    const take = (): Lines => {
      onLast?.({ bytes: frames.bytes, start: frames.start });
      return linesOf(lines);
    };
    await session.execute("SAVEPOINT tapline");
    let isWhole = false;
    try {
      for await (const hasMore of copyOut(session, sql, frames, { table: name })) {
        while (frames.next()) {
          for (let misfit = write(lines, frames); misfit >= 0; misfit = write(lines, frames)) {
            // Without `onLast`: the row at hand is not among them.
            if (lines.count > 0) yield linesOf(lines);
            const change = this.#widen(misfit);
            if (change !== undefined) yield change;
            this.#countNulls(lines);
            lines = this.#writer();
          }
          if (lines.isFull) yield take();
        }
        if (lines.count > 0 && !hasMore) yield take();
      }
      this.#countNulls(lines);
      await this.#expectSameFiles(session);
      isWhole = true;
    } finally {
      // A server that ends the session tells why first, and that is what is thrown.
      if (session.lost === undefined) await leave(session).catch((error: unknown) => isWhole && Promise.reject(error));
    }
  }

  /** Call it last. */
  report(): void {
    this.#forms.report();
  }

  #countNulls(lines: CopyLines): void {
    this.#forms.countNulls(lines, this.context.columns);
  }

  #list(): string {
    return this.context.columns.map((name) => (this.#forms.wire(name).read ?? ((column) => column))(`t.${quoteName(name)}`)).join(", ");
  }

  #writer(): CopyLines {
    return new CopyLines(this.#forms.copyColumns(this.context.columns), this.context);
  }

  /** The column becomes what its type can be at most. Undefined: it became so while another statement read. */
  #widen(at: number): SchemaChange | undefined {
    const schema = this.#forms.widen(this.context.columns[at] as string, this.context.schema);
    return schema === undefined ? undefined : schemaChange(schema);
  }

  /** Older snapshots see a table that was emptied or rewritten as empty. Its lock keeps it as it is until the savepoint is rolled back. */
  async #expectSameFiles({ execute }: Session): Promise<void> {
    const { files } = this.table;
    if (files === "") return;
    const parts = files.split(",").map((part) => part.split(":")[0]);
    const { rows } = await execute(
      `SELECT string_agg(part || ':' || pg_relation_filenode(part), ',' ORDER BY part) FROM unnest(${quoteText(`{${parts.join(",")}}`)}::oid[]) AS part`,
    );
    if (rows[0]?.[0] !== files) throw errors.table_rewritten({ table: tableName(this.table) });
  }
}

/** The conditions that the settings have for the stream. Each on a line of its own, so that a comment at its end takes nothing away. */
export function ownConditions(table: PostgresTable, { stream_options = {} }: Config): string[] {
  return (stream_options[streamName(table)]?.custom_where_clauses ?? []).map((clause) => `(${clause}\n)`);
}

/** The lock of the table goes with the rollback, and nothing was written. */
async function leave({ execute }: Session): Promise<void> {
  for (const sql of ["ROLLBACK TO SAVEPOINT tapline", "RELEASE SAVEPOINT tapline"]) await execute(sql);
}

function linesOf(lines: CopyLines): Lines {
  const { count } = lines;
  return new Lines(lines.take(), count);
}

function write(lines: CopyLines, { bytes, start, end }: CopyFrames): number {
  return lines.write(bytes, start, end);
}
