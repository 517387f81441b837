/**
 * The rows of one statement as Singer lines. Where a value does not have its column's form the stream's schema changes from that row on.
 * Behind a savepoint, so that the table can be altered once it is read.
 */
import { type Chunk, Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import { expectColumns, streamName } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { MysqlTable } from "../discover/tables.ts";
import { quoteName, tableSql } from "../quote.ts";
import { explainFailure } from "../session/failures.ts";
import { isEnd, isError, PacketFrames, serverError } from "../session/packets.ts";
import type { Session } from "../session/session.ts";
import { ColumnForms } from "./column-forms.ts";
import { RowLines } from "./row-lines.ts";

/** Where the last row of a piece is. */
export interface RowPlace {
  bytes: Buffer;
  start: number;
}

const query = 0x03;

/** How the columns of a stream are read and written; shared by all statements over the table. */
export class TableRows {
  readonly table: MysqlTable;
  readonly context: ReadContext;
  readonly #forms: ColumnForms;
  /** Conditions of the person's own, for all statements. */
  readonly #own: readonly string[];

  /** @throws columns_gone */
  constructor(table: MysqlTable, context: ReadContext, config: Config) {
    this.#own = ownConditions(table, config);
    this.table = table;
    this.context = context;
    expectColumns(table, context.columns);
    this.#forms = new ColumnForms(table, { log: context.log, keys: context.keyProperties, zeroDates: config.zero_dates ?? "null" });
  }

  /**
   * `conditions`: those that all must hold; the table is `t`. `order`: what comes after them. `onLast` is called with the last row of each
   * piece, before the piece. Returns how many rows there were. @throws errors of the server
   */
  async *read(
    session: Session,
    conditions: readonly string[],
    order = "",
    onLast?: (row: RowPlace) => void,
  ): AsyncGenerator<Chunk, number> {
    const all = [...conditions, ...this.#own];
    const sql = `SELECT ${this.#list()} FROM ${tableSql(this.table)} AS t${all.length === 0 ? "" : ` WHERE ${all.join(" AND ")}`} ${order}`;
    const frames = new PacketFrames();
    let lines = this.#writer();
    let total = 0;
    const last: RowPlace = { bytes: frames.bytes, start: 0 };
    const take = (): Lines => {
      onLast?.(last);
      return linesOf(lines);
    };
    const command = session.start(query, Buffer.from(sql));
    let isWhole = false;
    let failure: unknown;
    /** Ends of the columns and of the rows that have come. */
    let ends = 0;
    try {
      while (!isWhole) {
        const chunk = await command.read();
        frames.feed(chunk as Buffer);
        while (frames.next()) {
          if (isError(frames)) {
            failure = serverError(frames);
            isWhole = true;
            break;
          }
          if (isEnd(frames)) {
            ends++;
            isWhole = ends === 2;
            if (isWhole) break;
            continue;
          }
          if (ends === 0) continue;
          total++;
          for (let misfit = write(lines, frames); misfit >= 0; misfit = write(lines, frames)) {
            // Without `onLast`: the row at hand is not among them.
            if (lines.count > 0) yield linesOf(lines);
            const change = this.#widen(misfit);
            if (change !== undefined) yield change;
            this.#countOdd(lines);
            lines = this.#writer();
          }
          last.bytes = frames.bytes;
          last.start = frames.start;
          if (lines.isFull) yield take();
        }
        if (failure === undefined && lines.count > 0 && (isWhole || !command.hasMore)) yield take();
      }
    } catch (error) {
      throw session.lost === undefined ? error : explainFailure(session.lost, session.options);
    } finally {
      if (isWhole) command.end();
      else session.abandon();
    }
    if (failure !== undefined) throw explainFailure(failure, session.options);
    this.#countOdd(lines);
    return total;
  }

  /** Call it last. */
  report(): void {
    this.#forms.report();
  }

  #countOdd(lines: RowLines): void {
    this.#forms.countOdd(lines, this.context.columns);
  }

  #list(): string {
    return this.context.columns.map((name) => (this.#forms.wire(name).read ?? ((column) => column))(`t.${quoteName(name)}`)).join(", ");
  }

  #writer(): RowLines {
    return new RowLines(this.#forms.rowColumns(this.context.columns), this.context);
  }

  /** The column becomes what its type can be at most. Undefined: it became so while another statement read. */
  #widen(at: number): SchemaChange | undefined {
    const schema = this.#forms.widen(this.context.columns[at] as string, this.context.schema);
    return schema === undefined ? undefined : schemaChange(schema);
  }
}

/** The conditions that the settings have for the stream. Each on a line of its own, so that a comment at its end takes nothing away. */
export function ownConditions(table: MysqlTable, { stream_options = {} }: Config): string[] {
  return (stream_options[streamName(table)]?.custom_where_clauses ?? []).map((clause) => `(${clause}\n)`);
}

function linesOf(lines: RowLines): Lines {
  const { count } = lines;
  return new Lines(lines.take(), count);
}

function write(lines: RowLines, { bytes, start, end }: PacketFrames): number {
  return lines.write(bytes, start, end);
}
