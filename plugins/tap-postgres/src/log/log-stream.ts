/** One stream of the log while a run reads it: its table as it is known now, how far its rows are, and its lines. */
import { type JsonSchema, orderedEntries, orderedObject, type ReadContext, type StreamState } from "@tapline/sdk";
import { streamOf } from "@tapline/sql-tap";
import type { PostgresTable } from "../discover/tables.ts";
import { bookmarkState } from "./bookmark.ts";
import { ChangeLines, deletedAtName } from "./change-lines.ts";
import { laterLsn } from "./lsn.ts";
import { columnMarks } from "./shape.ts";
import type { TableFacts } from "./table-facts.ts";

export interface LogIdentity {
  slot: string;
  system: string;
  timeline: number;
}

export class LogStream {
  readonly name: string;
  readonly context: ReadContext;
  readonly member: string;
  table: PostgresTable;
  facts: TableFacts;
  /** The transactions before are in its rows. */
  lsn: bigint;
  version: number;
  /** Why the log does not tell its rows; it is read again at the end. */
  resync: string | undefined;
  #lines: ChangeLines | undefined;

  constructor(parts: Pick<LogStream, "name" | "context" | "member" | "table" | "facts" | "lsn" | "version">) {
    this.name = parts.name;
    this.context = parts.context;
    this.member = parts.member;
    this.table = parts.table;
    this.facts = parts.facts;
    this.lsn = parts.lsn;
    this.version = parts.version;
  }

  /** The columns that are read: those selected that the log has. */
  get names(): string[] {
    return namesIn(this.context.columns, this.table, this.facts);
  }

  /** Made when they are first asked for: after the SCHEMA of the present columns was sent. */
  get lines(): ChangeLines {
    this.#lines ??= new ChangeLines(this.table, this.context, this.names);
    return this.#lines;
  }

  get hasLines(): boolean {
    return this.#lines !== undefined && this.#lines.size > 0;
  }

  /** The table has other columns: the next lines are of them. Take all lines before. */
  become(table: PostgresTable, facts: TableFacts): void {
    this.report();
    this.table = table;
    this.facts = facts;
  }

  report(): void {
    this.#lines?.report();
    this.#lines = undefined;
  }

  /** `read`: all transactions before it were read. */
  bookmark({ slot, system, timeline }: LogIdentity, read: bigint): StreamState {
    const { member, version, table, facts } = this;
    return bookmarkState({
      lsn: laterLsn(this.lsn, read),
      slot,
      system,
      timeline,
      table: table.oid,
      member,
      version,
      columns: columnMarks(facts.columns, this.names),
      resync: this.resync !== undefined,
    });
  }
}

/** Of the selected columns, those that the log has. */
export function namesIn(selected: readonly string[], table: PostgresTable, { columns }: TableFacts): string[] {
  return selected.filter(
    (name) => table.columns.some((column) => column.name === name) && columns.some((column) => column.name === name && !column.isGenerated),
  );
}

/**
 * The schema of the stream with the columns that the table has now. `known`: what the catalog says of them counts, unless `isNew`: then
 * the table changed, and only the table knows.
 */
export function schemaOfLog(table: PostgresTable, { columns }: TableFacts, known: JsonSchema, { isNew = false } = {}): JsonSchema {
  const { schema } = streamOf(table, () => []);
  const generated = new Set(columns.flatMap(({ name, isGenerated }) => (isGenerated ? [name] : [])));
  const properties = orderedEntries(schema.properties ?? {})
    .filter(([name]) => !generated.has(name))
    .map(([name, property]): [string, JsonSchema] => [name, (isNew ? undefined : known.properties?.[name]) ?? property]);
  const deletedAt: [string, JsonSchema] = [deletedAtName, { type: ["null", "string"], format: "date-time" }];
  return { ...known, properties: orderedObject([...properties, deletedAt]) };
}
