/**
 * Turns changes of one table into Singer lines, in their order: rows, rows of which large values did not change, and deletes. Most become
 * lines at once; those with values that the server must convert, or that must be looked up, wait, and so do all after them.
 */
import { CopyLines, type Session } from "@tapline/postgres";
import { type JsonSchema, Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import type { PostgresColumn, PostgresTable } from "../discover/tables.ts";
import { ColumnForms } from "../read/column-forms.ts";
import { type Change, ChangeColumns, keptChange } from "./change.ts";
import { base64OfHex, needsServer } from "./column-values.ts";
import { CopyText } from "./copy-text.ts";
import { fillValues, type WaitingChange } from "./fill-values.ts";
import { type Relation, tupleKind } from "./pgoutput.ts";

/** Lines of rows that have the same columns. */
interface Shape {
  lines: CopyLines;
  /** Indexes into the names. */
  columns: readonly number[];
  names: readonly string[];
}

type Values = ReadonlyMap<number, Buffer | null>;

export const deletedAtName = "_sdc_deleted_at";

/** More changes than these do not wait. */
const mostWaiting = 1000;
const mostWaitingBytes = 1024 * 1024;

export class ChangeLines {
  /** About as many bytes as `drain` would give. */
  size = 0;
  readonly columns: ChangeColumns;
  readonly #table: PostgresTable;
  readonly #context: ReadContext;
  readonly #forms: ColumnForms;
  readonly #converted: ReadonlyMap<number, PostgresColumn>;
  readonly #isBytea: readonly boolean[];
  #schema: JsonSchema;
  #shapes = new Map<string, Shape>();
  #current: Shape | undefined;
  #pieces: (Lines | SchemaChange)[] = [];
  #waiting: WaitingChange[] = [];
  #waitingBytes = 0;
  readonly #text = new CopyText();

  /** `names`: the columns that are read. */
  constructor(table: PostgresTable, context: ReadContext, names: readonly string[]) {
    this.#table = table;
    this.#context = context;
    this.#schema = context.schema;
    this.columns = new ChangeColumns(names, context.keyProperties);
    this.#forms = new ColumnForms(table, context.log);
    const columns = names.map((name) => table.columns.find((column) => column.name === name) as PostgresColumn);
    this.#converted = new Map(columns.flatMap((column, i) => (needsServer(column) ? [[i, column] as const] : [])));
    this.#isBytea = columns.map(({ castName }) => castName === "bytea");
    // What an earlier part of this run found to be wider stays so.
    for (const { name, wire } of columns) {
      const property = context.schema.properties?.[name] ?? {};
      const isNarrow = Object.keys(wire.property).every((word) => Object.hasOwn(property, word));
      if (!isNarrow && wire.wider !== undefined) this.#forms.widen(name, context.schema);
    }
  }

  /** Call it before changes of this shape, and drain before it. */
  describe(relation: Relation): void {
    if (this.columns.describe(relation)) this.#forget();
  }

  get mustDrain(): boolean {
    return this.#waiting.length >= mostWaiting || this.#waitingBytes >= mostWaitingBytes;
  }

  put(change: Change): void {
    const isDelete = change.deletedAt !== undefined;
    const lacks = change.mustBeWhole === true && !isDelete && this.columns.lacking(change).length > 0;
    if (this.#waiting.length === 0 && !lacks && (this.#converted.size === 0 || isDelete)) {
      this.#write(change);
      return;
    }
    const kept = { ...keptChange(change), values: new Map() };
    const bytes = kept.row.bytes.length + (kept.old?.bytes.length ?? 0);
    this.#waiting.push(kept);
    this.#waitingBytes += bytes;
    this.size += bytes;
  }

  /** All lines, and where the schema changes between them. `session`: asks for values. */
  async drain(session: Session): Promise<(Lines | SchemaChange)[]> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    await fillValues(session, waiting, { table: this.#table, columns: this.columns, converted: this.#converted });
    for (const change of waiting) this.#write(change, change.values);
    this.#take();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.size = 0;
    return pieces;
  }

  /** Call it last. */
  report(): void {
    this.#forget();
    this.#forms.report();
  }

  #write(change: Change, values?: Values): void {
    const { deletedAt } = change;
    const shape = this.#shapeOf(change, values);
    const text = this.#text;
    text.start();
    for (const i of shape.columns) {
      const value = values?.get(i);
      const at = this.columns.placeOf(i);
      const tuple = this.columns.tupleOf(change, i);
      if (value === null || (value === undefined && tuple.kinds[at] !== tupleKind.text)) text.null();
      else if (value !== undefined) this.#valueText(i, value, 0, value.length);
      else this.#valueText(i, tuple.bytes, tuple.starts[at] as number, tuple.ends[at] as number);
    }
    if (deletedAt !== undefined) text.value(Buffer.from(deletedAt), 0, deletedAt.length);
    text.end();
    const misfit = shape.lines.write(text.bytes, 0, text.length);
    if (misfit >= 0) {
      this.#widen(shape.names[misfit] as string);
      this.#write(change, values);
      return;
    }
    this.size += text.length;
    if (shape.lines.isFull) this.#take();
  }

  #valueText(i: number, bytes: Buffer, start: number, end: number): void {
    const encoded = this.#isBytea[i] ? base64OfHex(bytes, start, end) : undefined;
    if (encoded === undefined) this.#text.value(bytes, start, end);
    else this.#text.value(encoded, 0, encoded.length);
  }

  #widen(name: string): void {
    this.#take();
    const schema = this.#forms.widen(name, this.#schema);
    if (schema !== undefined) {
      this.#schema = schema;
      this.#pieces.push(schemaChange(schema));
    }
    this.#forget();
  }

  #shapeOf(change: Change, values?: Values): Shape {
    const isDelete = change.deletedAt !== undefined;
    const lacking = isDelete ? [] : this.columns.lacking(change).filter((i) => values?.has(i) !== true);
    const key = isDelete ? "delete" : lacking.join();
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#newShape(change, lacking);
      this.#shapes.set(key, shape);
    }
    if (this.#current !== shape) {
      this.#take();
      this.#current = shape;
    }
    return shape;
  }

  #newShape(change: Change, lacking: readonly number[]): Shape {
    const { names: all } = this.columns;
    const columns = all.flatMap((_, i) => (this.columns.isInLine(change, i) && !lacking.includes(i) ? [i] : []));
    const names = columns.map((i) => all[i] as string);
    const unchanged = lacking.map((i) => all[i] as string);
    const deletedAt = change.deletedAt === undefined ? [] : [{ name: deletedAtName, form: "word" as const }];
    return { lines: new CopyLines([...this.#forms.copyColumns(names), ...deletedAt], partsOf(this.#context, unchanged)), columns, names };
  }

  /** The lines of the present shape become a piece. */
  #take(): void {
    const lines = this.#current?.lines;
    if (lines === undefined || lines.count === 0) return;
    const { count } = lines;
    this.#pieces.push(new Lines(Buffer.from(lines.take()), count));
  }

  #forget(): void {
    this.#take();
    this.#current = undefined;
    for (const { lines, names } of this.#shapes.values()) this.#forms.countNulls(lines, names);
    this.#shapes = new Map();
  }
}

/** The end of each line has the names of the columns that are unchanged. */
function partsOf({ head, tail }: ReadContext, unchanged: readonly string[]): { head: Uint8Array; tail: () => Uint8Array } {
  if (unchanged.length === 0) return { head, tail };
  const words = Buffer.from(`,"unchanged":${JSON.stringify(unchanged)}`);
  return { head, tail: () => Buffer.concat([words, tail()]) };
}
