/** Turns changes of one table into Singer lines, in their order: rows and deletes, through the code that writes rows of whole reads. */
import { type JsonSchema, Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import type { ZeroDates } from "../config.ts";
import type { MysqlColumn, MysqlTable } from "../discover/tables.ts";
import { ColumnForms } from "../read/column-forms.ts";
import { RowLines } from "../read/row-lines.ts";
import { RowText } from "./row-text.ts";
import { valueEnd, writeValue } from "./row-values.ts";
import type { ServerCharsets } from "./server-charsets.ts";
import type { LogColumn, TableMap } from "./table-map.ts";

export const deletedAtName = "_sdc_deleted_at";

interface Shape {
  lines: RowLines;
  names: readonly string[];
}

/** A row of the log: for each of its columns where the value is; -1 for NULL, -2 where the log lacks it. */
export interface LogRow {
  bytes: Buffer;
  starts: Int32Array;
  ends: Int32Array;
}

export const isNull = -1;
export const isLacking = -2;

export class ChangeLines {
  readonly names: readonly string[];
  readonly #columns: readonly MysqlColumn[];
  readonly #keys: readonly string[];
  readonly #forms: ColumnForms;
  readonly #charsets: ServerCharsets;
  readonly #rows: Shape;
  readonly #deletes: Shape;
  readonly #context: ReadContext;
  #schema: JsonSchema;
  #current: Shape;
  #pieces: (Lines | SchemaChange)[] = [];
  #map: TableMap | undefined;
  /** For each name its place in the rows of the log. */
  #places: readonly number[] = [];
  readonly #text = new RowText();

  /** `names`: the columns that are read. */
  constructor(
    table: MysqlTable,
    context: ReadContext,
    names: readonly string[],
    { zeroDates, charsets }: { zeroDates: ZeroDates; charsets: ServerCharsets },
  ) {
    this.names = names;
    this.#context = context;
    this.#keys = context.keyProperties;
    this.#schema = context.schema;
    this.#charsets = charsets;
    this.#forms = new ColumnForms(table, { log: context.log, keys: this.#keys, zeroDates });
    this.#columns = names.map((name) => table.columns.find((column) => column.name === name) as MysqlColumn);
    // What an earlier part of this run found to be wider stays so.
    for (const { name, wire } of this.#columns) {
      const property = context.schema.properties?.[name] ?? {};
      const isNarrow = Object.keys(wire.property).every((word) => Object.hasOwn(property, word));
      if (!isNarrow && wire.wider !== undefined) this.#forms.widen(name, context.schema);
    }
    this.#rows = { lines: this.#newLines(names), names };
    this.#deletes = { lines: this.#newLines(this.#keys, true), names: this.#keys };
    this.#current = this.#rows;
  }

  /** Bytes that `drain` would give, about. */
  get size(): number {
    return this.#current.lines.size + this.#pieces.length;
  }

  /** Where the values are in rows after this. */
  describe(map: TableMap): void {
    if (this.#map === map) return;
    this.#map = map;
    this.#places = this.names.map((name) => map.columns.findIndex((column) => column.name === name));
  }

  /** Whether the log has the value of each column that it knows. */
  isWhole({ starts }: LogRow): boolean {
    return this.#places.every((place) => place === -1 || starts[place] !== isLacking);
  }

  keysDiffer(row: LogRow, old: LogRow): boolean {
    return this.#keys.some((key) => {
      const at = this.#places[this.names.indexOf(key)] as number;
      const [from, to] = [row.starts[at] as number, row.ends[at] as number];
      return row.bytes.compare(old.bytes, old.starts[at], old.ends[at], from, to) !== 0;
    });
  }

  put(row: LogRow): void {
    const text = this.#text;
    text.start();
    for (let i = 0; i < this.names.length; i++) this.#value(row, i);
    this.#write(this.#rows);
  }

  /** `at`: in seconds. */
  putDelete(row: LogRow, at: number): void {
    const text = this.#text;
    text.start();
    for (const key of this.#keys) this.#value(row, this.names.indexOf(key));
    text.ascii(`${new Date(at * 1000).toISOString().slice(0, 19)}Z`);
    this.#write(this.#deletes);
  }

  /** All lines, and where the schema changes between them. The bytes are the caller's. */
  drain(): (Lines | SchemaChange)[] {
    this.#take();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** Call it last. */
  report(): void {
    for (const { lines, names } of [this.#rows, this.#deletes]) this.#forms.countOdd(lines, names);
    this.#forms.report();
  }

  #value({ bytes, starts, ends }: LogRow, i: number): void {
    const place = this.#places[i] as number;
    const start = place === -1 ? isNull : (starts[place] as number);
    if (start < 0) {
      this.#text.null();
      return;
    }
    const column = this.#map?.columns[place] as LogColumn;
    const { baseType, charset } = this.#columns[i] as MysqlColumn;
    writeValue(bytes, start, ends[place] as number, column, { decode: this.#charsets.decoder(charset), baseType }, this.#text);
  }

  #write(shape: Shape): void {
    if (this.#current !== shape) {
      this.#take();
      this.#current = shape;
    }
    const { bytes, length } = this.#text;
    for (let misfit = shape.lines.write(bytes, 0, length); misfit >= 0; misfit = shape.lines.write(bytes, 0, length))
      this.#widen(shape.names[misfit] as string);
    if (shape.lines.isFull) this.#take();
  }

  #widen(name: string): void {
    this.#take();
    const schema = this.#forms.widen(name, this.#schema);
    if (schema !== undefined) {
      this.#schema = schema;
      this.#pieces.push(schemaChange(schema));
    }
    for (const shape of [this.#rows, this.#deletes]) {
      this.#forms.countOdd(shape.lines, shape.names);
      shape.lines = this.#newLines(shape.names, shape === this.#deletes);
    }
  }

  #newLines(names: readonly string[], isDelete = false): RowLines {
    const deletedAt = isDelete ? [{ name: deletedAtName, form: "word" as const }] : [];
    return new RowLines([...this.#forms.rowColumns(names), ...deletedAt], this.#context);
  }

  #take(): void {
    const { lines } = this.#current;
    if (lines.count === 0) return;
    const { count } = lines;
    this.#pieces.push(new Lines(Buffer.from(lines.take()), count));
  }
}

/** Where the values of the row at `at` are. Returns where the row ends. */
export function findValues(bytes: Buffer, at: number, map: TableMap, present: Buffer, row: LogRow): number {
  const { columns } = map;
  let count = 0;
  for (let i = 0; i < columns.length; i++) if (bit(present, i)) count++;
  const nulls = at;
  let place = at + ((count + 7) >> 3);
  row.bytes = bytes;
  for (let i = 0, n = 0; i < columns.length; i++) {
    if (!bit(present, i)) row.starts[i] = isLacking;
    else if (((bytes[nulls + (n >> 3)] as number) >> (n++ & 7)) & 1) row.starts[i] = isNull;
    else {
      row.starts[i] = place;
      place = valueEnd(bytes, place, columns[i] as LogColumn);
    }
    row.ends[i] = place;
  }
  return place;
}

const bit = (bits: Buffer, i: number): boolean => (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1;
