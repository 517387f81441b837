/** A stream that is read from the log: what its table is now, from where on changes are new, and the lines that wait. */
import { type JsonSchema, orderedEntries, orderedObject, type ReadContext, type StreamState } from "@tapline/sdk";
import { streamOf } from "@tapline/sql-tap";
import type { MysqlTable } from "../discover/tables.ts";
import { bookmarkState } from "./bookmark.ts";
import { ChangeLines, deletedAtName } from "./change-lines.ts";
import type { LogParts } from "./parts.ts";
import { comparePositions, type LogPosition, laterPosition } from "./position.ts";
import { columnMarks } from "./shape.ts";

/** How far the log was read, by which transaction. */
export interface LogPlace extends LogPosition {
  gtid: string;
}

export class LogStream {
  readonly name: string;
  readonly context: ReadContext;
  readonly table: MysqlTable;
  /** The transactions before are in its rows. */
  readonly place: LogPlace;
  version: number;
  /** Why the log does not tell its rows; it is read again at the end. */
  resync: string | undefined;
  readonly #parts: LogParts;
  #lines: ChangeLines | undefined;

  constructor(parts: Pick<LogStream, "name" | "context" | "table" | "place" | "version">, logParts: LogParts) {
    this.name = parts.name;
    this.context = parts.context;
    this.table = parts.table;
    this.place = parts.place;
    this.version = parts.version;
    this.#parts = logParts;
  }

  /** The columns that are read: those selected that the log has. */
  get names(): string[] {
    return namesIn(this.context.columns, this.table);
  }

  /** Made when they are first asked for: after the SCHEMA of the present columns was sent. */
  get lines(): ChangeLines {
    const { config, charsets } = this.#parts;
    this.#lines ??= new ChangeLines(this.table, this.context, this.names, { zeroDates: config.zero_dates ?? "null", charsets });
    return this.#lines;
  }

  get hasLines(): boolean {
    return this.#lines !== undefined && this.#lines.size > 0;
  }

  report(): void {
    this.#lines?.report();
    this.#lines = undefined;
  }

  /** The same stream, read up to there. */
  at(read: LogPlace): LogStream {
    const { name, context, table, version } = this;
    const place = comparePositions(read, this.place) > 0 ? read : this.place;
    const stream = new LogStream({ name, context, table, place, version }, this.#parts);
    stream.resync = this.resync;
    return stream;
  }

  /** `read`: all transactions before it were read. */
  bookmark(server: string, read: LogPlace): StreamState {
    const { file, position } = laterPosition(read, this.place);
    const { gtid } = file === read.file && position === read.position ? read : this.place;
    return bookmarkState({
      file,
      position,
      gtid,
      server,
      version: this.version,
      columns: columnMarks(this.table.columns, this.names),
      resync: this.resync !== undefined,
    });
  }
}

/** Of the selected columns, those that the log has. */
export function namesIn(selected: readonly string[], { columns }: MysqlTable): string[] {
  return selected.filter((name) => columns.some((column) => column.name === name && column.isInLog));
}

/**
 * The schema of the stream with the columns that the table has now. `known`: what the catalog says of them counts, unless `isNew`: then
 * the table changed, and only the table knows.
 */
export function schemaOfLog(table: MysqlTable, known: JsonSchema, { isNew = false } = {}): JsonSchema {
  const { schema } = streamOf(table, () => []);
  const logged = new Set(table.columns.flatMap(({ name, isInLog }) => (isInLog ? [name] : [])));
  const properties = orderedEntries(schema.properties ?? {})
    .filter(([name]) => logged.has(name))
    .map(([name, property]): [string, JsonSchema] => [name, (isNew ? undefined : known.properties?.[name]) ?? property]);
  const deletedAt: [string, JsonSchema] = [deletedAtName, { type: ["null", "string"], format: "date-time" }];
  return { ...known, properties: orderedObject([...properties, deletedAt]) };
}
