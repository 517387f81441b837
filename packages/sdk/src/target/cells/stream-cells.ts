/** What is known of a stream's lines: a slot for each field with the check of its values, and the shapes that were learned. */
import type { JsonSchema } from "@tapline/protocol";
import { isMetadataColumn } from "../metadata.ts";
import { cellCheck, integerCheck, textCheck } from "./checks.ts";
import { LeftOutFields } from "./left-out-fields.ts";
import { type Cursor, type SlotChecks, scanLines, slotChecks } from "./scan.ts";
import { type LineShape, learnShape } from "./shape.ts";
import { type CellStore, mostCells } from "./store.ts";

/** A chunk has no more rows, so that the bytes of its lines stay in the processor's cache. */
const mostRows = 4000;

/** Each one that is tried costs time. */
const mostShapes = 16;

/** With more shapes than these a tap leaves out fields without value, and can have any number. */
const fewShapes = 4;

/**
 * `validate`: values must fit the schema, which must be a resolved one. Undefined where rows can't be cells: the schema has a condition on
 * rows as a whole, or too many properties.
 */
export function streamCells(schema: JsonSchema, validate: boolean): StreamCells | undefined {
  const isOfRow = [schema.enum, schema.const, schema.anyOf, schema.oneOf, schema.allOf].some((keyword) => keyword !== undefined);
  if (validate && isOfRow) return undefined;
  const known = new StreamCells(schema, validate);
  return known.capacity > 0 ? known : undefined;
}

export class StreamCells {
  /** How many rows a chunk can have. */
  readonly capacity: number;
  /** The slots of fields of the message beside the record. */
  readonly timeSlot: number;
  readonly versionSlot: number;
  /** The record's fields that occurred. */
  fields: readonly string[] = [];
  readonly #slots: ReadonlyMap<string, number>;
  readonly #required: readonly string[];
  readonly #checks: SlotChecks;
  readonly #signatures = new Set<string>();
  readonly #leftOut: LeftOutFields;
  /** Those that matched last are first. */
  #shapes: LineShape[] = [];

  constructor(schema: JsonSchema, validate: boolean) {
    const { properties = {}, required = [] } = schema;
    // Every object has properties of some names by inheritance, and what the SDK adds depends on what is there.
    const names = Object.keys(properties).filter((name) => !isMetadataColumn(name) && !(name in Object.prototype));
    this.#slots = new Map(names.map((name, slot) => [name, slot]));
    this.#required = validate ? required : [];
    this.#leftOut = new LeftOutFields((slot) => this.#required.some((name) => this.#slots.get(name) === slot));
    this.timeSlot = names.length;
    this.versionSlot = names.length + 1;
    this.#checks = slotChecks([...names.map((name) => cellCheck(validate ? properties[name] : undefined)), textCheck(), integerCheck()]);
    this.capacity = Math.min(mostRows, Math.floor(mostCells / (names.length + 2)));
  }

  slotOf(field: string): number | undefined {
    return this.#slots.get(field);
  }

  /** Makes all cells of the store absent. */
  clear({ kinds, parsed }: CellStore): void {
    kinds.fill(0, 0, (this.versionSlot + 1) * this.capacity);
    parsed.length = 0;
  }

  /**
   * Moves the cursor over lines of known shapes, until there are none, or one has other fields beside the record than `outside`.
   * @returns the names of those fields in the lines that were read; undefined where none was
   */
  scan(cursor: Cursor, store: CellStore, outside: string | undefined): string | undefined {
    let found = outside;
    for (let index = 0; index < this.#shapes.length && cursor.row < cursor.capacity; index++) {
      const shape = this.#shapes[index] as LineShape;
      if (found !== undefined && shape.outside !== found) continue;
      const { row } = cursor;
      scanLines(cursor, shape, this.#checks, store);
      if (cursor.row === row) continue;
      found = shape.outside;
      if (index === 0) continue;
      this.#shapes = [shape, ...this.#shapes.filter((each) => each !== shape)];
      index = 0;
    }
    return found;
  }

  /** Learns the shape of bytes[start, end), a RECORD that was accepted. */
  learn(bytes: Buffer, start: number, end: number): void {
    const shape = learnShape(bytes, start, end, (name, isInRecord) => {
      if (isInRecord) return this.#slots.get(name);
      return name === "version" ? this.versionSlot : this.timeSlot;
    });
    if (shape === undefined || this.#signatures.has(shape.signature)) return;
    const slots = new Set(shape.slots);
    const hasSlot = (name: string): boolean => slots.has(this.#slots.get(name) ?? -1);
    if (!this.#required.every(hasSlot)) return;
    if (this.#leftOut.take(shape) && this.#leftOut.count > fewShapes)
      this.#shapes = [this.#leftOut.shape, ...this.#shapes.filter(({ leftOut }) => leftOut === undefined)];
    else if (this.#shapes.length < mostShapes) {
      this.#signatures.add(shape.signature);
      this.#shapes.push(shape);
    }
    const fields = [...this.#slots.keys()].filter((name) => hasSlot(name) || this.fields.includes(name));
    if (fields.length > this.fields.length) this.fields = fields;
  }
}
