/**
 * Turns changes of one table into Singer lines, in their order: rows, rows of which large values did not change, and deletes. Most become
 * lines at once; those with values that the server must convert, or that must be looked up, wait, and so do all after them.
 */
import { CopyLines, type Session } from "@tapline/postgres";
import { type JsonSchema, Lines, type ReadContext, type SchemaChange, schemaChange } from "@tapline/sdk";
import type { PostgresColumn, PostgresTable } from "../discover/tables.ts";
import { ColumnForms } from "../read/column-forms.ts";
import { base64OfHex, convert, lookUp, needsServer } from "./column-values.ts";
import { CopyText } from "./copy-text.ts";
import { type Relation, type Tuple, tupleKind } from "./pgoutput.ts";

/** `old` fills in what `row` lacks, and `oldKey` a key that it lacks. `deletedAt`: the row of this key is gone. */
export interface Change {
  row: Tuple;
  old?: Tuple | undefined;
  oldKey?: Tuple | undefined;
  deletedAt?: string;
  /** Nothing keeps the values that the log lacks: they are looked up. */
  mustBeWhole?: boolean;
}

interface WaitingChange extends Change {
  /** Of looked-up and converted columns, by their index; null is NULL. */
  values: Map<number, Buffer | null>;
}

/** Lines of rows that have the same columns. */
interface Shape {
  lines: CopyLines;
  /** Indexes into the names. */
  columns: readonly number[];
  names: readonly string[];
}

export const deletedAtName = "_sdc_deleted_at";

/** More changes than these do not wait. */
const mostWaiting = 1000;
const mostWaitingBytes = 1024 * 1024;

export class ChangeLines {
  /** Bytes that `drain` would give. */
  size = 0;
  #schema: JsonSchema;
  readonly #table: PostgresTable;
  readonly #context: ReadContext;
  /** The columns that are read. */
  readonly #names: readonly string[];
  readonly #columns: readonly PostgresColumn[];
  readonly #keys: readonly number[];
  readonly #forms: ColumnForms;
  readonly #fromServer: readonly number[];
  readonly #isBytea: readonly boolean[];
  #relation: Relation | undefined;
  /** For each name its place in the tuples, -1 where they lack it. */
  #places: number[] = [];
  #shapes = new Map<string, Shape>();
  #current: Shape | undefined;
  #pieces: (Lines | SchemaChange)[] = [];
  #waiting: WaitingChange[] = [];
  #waitingBytes = 0;
  readonly #text = new CopyText();

  constructor(table: PostgresTable, context: ReadContext, names: readonly string[]) {
    this.#table = table;
    this.#context = context;
    this.#schema = context.schema;
    this.#names = names;
    this.#columns = names.map((name) => table.columns.find((column) => column.name === name) as PostgresColumn);
    this.#keys = context.keyProperties.map((key) => names.indexOf(key));
    this.#forms = new ColumnForms(table, context.log);
    this.#fromServer = this.#columns.flatMap((column, i) => (needsServer(column) ? [i] : []));
    this.#isBytea = this.#columns.map(({ castName }) => castName === "bytea");
    // What an earlier part of this run found to be wider stays so.
    for (const { name, wire } of this.#columns) {
      const property = context.schema.properties?.[name];
      const isNarrow = Object.keys(wire.property).every((word) => property !== undefined && Object.hasOwn(property, word));
      if (!isNarrow && wire.wider !== undefined) this.#forms.widen(name, context.schema);
    }
  }

  /** Call it before changes of this shape. */
  describe(relation: Relation): void {
    if (relation === this.#relation) return;
    this.#relation = relation;
    const { columns } = relation;
    const places = this.#names.map((name) => columns.findIndex((column) => column.name === name));
    if (places.join() === this.#places.join()) return;
    if (this.#places.length > 0 && this.#waiting.length > 0) throw new Error("changes of the shape before are still waiting");
    this.#forget();
    this.#places = places;
  }

  get mustDrain(): boolean {
    return this.#waiting.length >= mostWaiting || this.#waitingBytes >= mostWaitingBytes;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether the tuple has a value for each key. */
  hasKeys(row: Tuple): boolean {
    return this.#keys.every((i) => row.kinds[this.#places[i] as number] === tupleKind.text);
  }

  /** Whether the keys differ. */
  differ(row: Tuple, old: Tuple): boolean {
    return this.#keys.some((i) => {
      const at = this.#places[i] as number;
      if (row.kinds[at] === tupleKind.unchanged) return false;
      return row.bytes.compare(old.bytes, old.starts[at], old.ends[at], row.starts[at], row.ends[at]) !== 0;
    });
  }

  put(change: Change): void {
    const isDelete = change.deletedAt !== undefined;
    const lacks = change.mustBeWhole === true && !isDelete && this.#lacking(change).length > 0;
    if (this.#waiting.length === 0 && !lacks && (this.#fromServer.length === 0 || isDelete)) {
      this.#write(change);
      return;
    }
    this.#waiting.push({ ...change, values: new Map() });
    this.#waitingBytes += change.row.bytes.length;
    this.size += change.row.bytes.length;
  }

  /** All lines, and where the schema changes between them. `session`: asks for values. */
  async drain(session: Session): Promise<(Lines | SchemaChange)[]> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const change of waiting) if (change.mustBeWhole === true && change.deletedAt === undefined) await this.#lookUp(session, change);
    for (const i of this.#fromServer) await this.#convert(session, i, waiting);
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

  /** Indexes of names whose values neither the row nor the old one has. */
  #lacking(change: Change): number[] {
    return this.#names.flatMap((_, i) => (this.#kindOf(change, i) === tupleKind.unchanged ? [i] : []));
  }

  #kindOf(change: Change, i: number): number | undefined {
    return this.#tupleOf(change, i).kinds[this.#places[i] as number];
  }

  /** The tuple that has the value. */
  #tupleOf({ row, old, oldKey }: Change, i: number): Tuple {
    if (row.kinds[this.#places[i] as number] !== tupleKind.unchanged) return row;
    return old ?? (this.#keys.includes(i) ? oldKey : undefined) ?? row;
  }

  #textOf(change: Change, i: number): string {
    const [tuple, at] = [this.#tupleOf(change, i), this.#places[i] as number];
    return tuple.bytes.toString("utf8", tuple.starts[at], tuple.ends[at]);
  }

  async #lookUp(session: Session, change: WaitingChange): Promise<void> {
    const lacking = this.#lacking(change);
    if (lacking.length === 0) return;
    const key = this.#keys.map((i) => ({ name: this.#names[i] as string, value: this.#textOf(change, i) }));
    const found = await lookUp(
      session,
      this.#table,
      key,
      lacking.map((i) => this.#names[i] as string),
    );
    // A row that is not there any more has another change in the log, after this one.
    for (const [n, i] of lacking.entries()) {
      const value = found?.[n] ?? null;
      change.values.set(i, value === null ? null : Buffer.from(value));
    }
  }

  async #convert(session: Session, i: number, waiting: readonly WaitingChange[]): Promise<void> {
    const texts: { change: WaitingChange; text: string }[] = [];
    for (const change of waiting) {
      const known = change.values.get(i);
      if (known !== undefined && known !== null) texts.push({ change, text: known.toString() });
      else if (known === undefined && this.#isInLine(change, i) && this.#kindOf(change, i) === tupleKind.text)
        texts.push({ change, text: this.#textOf(change, i) });
    }
    if (texts.length === 0) return;
    const values = await convert(
      session,
      this.#columns[i] as PostgresColumn,
      texts.map(({ text }) => text),
    );
    for (const [n, { change }] of texts.entries()) change.values.set(i, values[n] as Buffer);
  }

  /** A delete has its keys, and nothing that the server would have to convert. */
  #isInLine({ deletedAt }: Change, i: number): boolean {
    if (this.#places[i] === -1) return false;
    return deletedAt === undefined || this.#keys.includes(i);
  }

  #write(change: Change, values?: ReadonlyMap<number, Buffer | null>): void {
    const { deletedAt } = change;
    const shape = this.#shapeOf(change, values);
    const text = this.#text;
    text.start();
    for (const i of shape.columns) {
      const value = values?.get(i);
      const at = this.#places[i] as number;
      const tuple = this.#tupleOf(change, i);
      if (value === null || (value === undefined && tuple.kinds[at] !== tupleKind.text)) text.null();
      else if (value !== undefined) this.#valueText(i, value, 0, value.length);
      else this.#valueText(i, tuple.bytes, tuple.starts[at] as number, tuple.ends[at] as number);
    }
    if (deletedAt !== undefined) text.value(Buffer.from(deletedAt), 0, deletedAt.length);
    text.end();
    const misfit = shape.lines.write(text.bytes, 0, text.length);
    if (misfit >= 0) {
      this.#take();
      const schema = this.#forms.widen(shape.names[misfit] as string, this.#schema);
      if (schema !== undefined) {
        this.#schema = schema;
        this.#pieces.push(schemaChange(schema));
      }
      this.#forget();
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

  #shapeOf(change: Change, values?: ReadonlyMap<number, Buffer | null>): Shape {
    const { deletedAt, row } = change;
    let lacking = "";
    if (deletedAt === undefined && row.kinds.includes(tupleKind.unchanged))
      lacking = this.#lacking(change)
        .filter((i) => values?.has(i) !== true)
        .join();
    const key = deletedAt === undefined ? lacking : "delete";
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#newShape(change, new Set(lacking === "" ? [] : lacking.split(",").map(Number)));
      this.#shapes.set(key, shape);
    }
    if (this.#current !== shape) {
      this.#take();
      this.#current = shape;
    }
    return shape;
  }

  #newShape(change: Change, lacking: ReadonlySet<number>): Shape {
    const isDelete = change.deletedAt !== undefined;
    const columns = this.#names.flatMap((_, i) => (this.#isInLine(change, i) && !lacking.has(i) ? [i] : []));
    const names = columns.map((i) => this.#names[i] as string);
    const unchanged = [...lacking].map((i) => this.#names[i] as string);
    const copied = [...this.#forms.copyColumns(names), ...(isDelete ? [{ name: deletedAtName, form: "word" as const }] : [])];
    return { lines: new CopyLines(copied, partsOf(this.#context, unchanged)), columns, names };
  }

  /** The lines of the present shape become a piece. */
  #take(): void {
    const shape = this.#current;
    if (shape === undefined || shape.lines.count === 0) return;
    const { count } = shape.lines;
    this.#pieces.push(new Lines(Buffer.from(shape.lines.take()), count));
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
  let last: Uint8Array | undefined;
  let joined: Uint8Array = words;
  return {
    head,
    tail: () => {
      const present = tail();
      if (present !== last) [last, joined] = [present, Buffer.concat([words, present])];
      return joined;
    },
  };
}
