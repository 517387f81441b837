/**
 * The rows of one statement as Singer lines. Where a value does not have its column's form, such as the date `infinity`, the stream's schema
 * changes from that row on. Behind a savepoint, so that a failure does not end the transaction, and that the table's lock goes afterwards.
 */
import { quoteName, quoteText } from "@tapline/columns";
import { CopyFrames, CopyLines, cellText, copyOut, type Session } from "@tapline/postgres";
import { type Chunk, type FileOutput, Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import { expectColumns, streamName, tableName } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { PostgresTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { type BinaryColumn, BinaryRows } from "./binary-rows.ts";
import { ColumnForms } from "./column-forms.ts";
import { isJsonNull } from "./odd-values.ts";
import { RowFiles } from "./row-files.ts";

export interface Order {
  /** The column by which rows come. */
  column: string;
  /** Called with its value in the last row of each piece, as the server writes it, before the piece. */
  onLast(value: string | null): void;
}

/** How the columns of a stream are read and written; shared by all statements over the table. */
export class TableRows {
  readonly table: PostgresTable;
  readonly context: ReadContext;
  readonly #forms: ColumnForms;
  /** Conditions of the person's own, for all statements. */
  readonly #own: readonly string[];
  readonly #files: FileOutput | undefined;

  /** `files`: where rows may go into files. @throws columns_gone */
  constructor(table: PostgresTable, context: ReadContext, config: Config, files: FileOutput | undefined) {
    this.#files = files;
    this.#own = ownConditions(table, config);
    this.table = table;
    this.context = context;
    expectColumns(table, context.columns);
    this.#forms = new ColumnForms(table, context.log);
  }

  /**
   * `conditions`: those that all must hold; the table is `t`.
   * @throws table_rewritten, batch_file_unwritable and errors of the server
   */
  async *read(session: Session, conditions: readonly string[], order?: Order): AsyncGenerator<Chunk> {
    const columns = this.#files && this.#forms.binaryColumns(this.context.columns);
    await session.execute("SAVEPOINT tapline");
    let isWhole = false;
    try {
      yield* columns === undefined ? this.#readText(session, conditions, order) : this.#readBinary(session, columns, conditions, order);
      await this.#expectSameFiles(session);
      isWhole = true;
    } finally {
      // A server that ends the session tells why first, and that is what is thrown.
      if (session.lost === undefined) await leave(session).catch((error: unknown) => isWhole && Promise.reject(error));
    }
  }

  async *#readText(session: Session, conditions: readonly string[], order?: Order): AsyncGenerator<Chunk> {
    const frames = new CopyFrames();
    const at = this.context.columns.indexOf(order?.column ?? "");
    let lines = this.#writer();
    const take = (): Lines => {
      order?.onLast(cellText(frames.bytes, frames.start, at));
      return linesOf(lines);
    };
    const sql = `COPY (${this.#select(this.#list(), conditions, order)}) TO STDOUT`;
    for await (const hasMore of copyOut(session, sql, frames, { table: tableName(this.table) })) {
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
  }

  async *#readBinary(
    session: Session,
    columns: readonly BinaryColumn[],
    conditions: readonly string[],
    order?: Order,
  ): AsyncGenerator<Chunk> {
    const frames = new CopyFrames();
    const rows = new BinaryRows(columns);
    using files = new RowFiles(columns, rows, this.#files as FileOutput, this.context);
    const { changes } = this.#forms;
    const retypeIfDue = (): void => {
      if (this.#forms.changes !== changes) files.retype(this.#forms.lineColumns(columns));
    };
    // Another statement may have widened a column of the rows that were gathered.
    const take = function* (this: TableRows): Generator<Chunk> {
      if (this.#forms.changes !== changes) files.end();
      if (!files.hasLines) retypeIfDue();
      yield* files.take(this.#forms.changes === changes);
    }.bind(this);
    let last: string | null = null;
    const cursor = order === undefined ? "" : `, t.${quoteName(order.column)}::text`;
    const sql = `COPY (${this.#select(`${this.#binaryList()}${cursor}`, conditions, order)}) TO STDOUT (FORMAT binary)`;
    for await (const hasMore of copyOut(session, sql, frames, { table: tableName(this.table) })) {
      while (frames.next()) {
        if (!rows.take(frames.bytes, frames.start, frames.end)) continue;
        let odd = rows.odd(0);
        if (odd < 0 && files.takesRows) {
          if (files.hasLines) yield files.takeLines();
          files.add();
        } else {
          if (files.count > 0) order?.onLast(last);
          if (files.count > 0 || !files.hasLines) yield* take();
          if (odd >= 0) files.countOddRow();
          for (; odd >= 0; odd = rows.odd(odd + 1)) {
            const { name } = columns[odd] as BinaryColumn;
            if (columns[odd]?.type === "json") {
              const value = rows.value(odd);
              if (isJsonNull(value, 0, value.length)) this.#forms.addNulls(name, 1);
            } else if (this.#forms.wire(name).wider !== undefined) {
              if (files.hasLines) yield files.takeLines();
              const change = this.#widen(odd);
              if (change !== undefined) yield change;
              rows.allowAll(odd);
              files.end();
              retypeIfDue();
            }
          }
          files.addLine();
        }
        if (order !== undefined) last = rows.textAfter();
        if (files.areLinesFull) {
          order?.onLast(last);
          yield files.takeLines();
        }
        if (files.isFull) {
          order?.onLast(last);
          yield* take();
        }
      }
      if (files.hasLines && !hasMore) {
        order?.onLast(last);
        yield files.takeLines();
      }
    }
    if (files.count > 0) order?.onLast(last);
    yield* take();
  }

  /** Call it last. */
  report(): void {
    this.#forms.report();
  }

  #countNulls(lines: CopyLines): void {
    this.#forms.countNulls(lines, this.context.columns);
  }

  #select(list: string, conditions: readonly string[], order: Order | undefined): string {
    const all = [...conditions, ...this.#own];
    const where = all.length === 0 ? "" : ` WHERE ${all.join(" AND ")}`;
    const by = order === undefined ? "" : ` ORDER BY t.${quoteName(order.column)}`;
    return `SELECT ${list} FROM ${tableName(this.table)} AS t${where}${by}`;
  }

  #binaryList(): string {
    return this.context.columns
      .map((name) => (this.#forms.wire(name).binary?.read ?? ((column) => column))(`t.${quoteName(name)}`))
      .join(", ");
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
