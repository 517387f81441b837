/**
 * Appends objects and arrays to the parts of a column: each value with two levels, which say how much of its path is there and where a
 * list goes on. Source: "Nested Encoding" of Apache Parquet, after Dremel (Melnik et al., 2010).
 */
import { isExactNumber, isObject } from "@tapline/protocol";
import { type ColumnType, type Shape, shapeOf } from "../types/column-type.ts";
import { leavesOf } from "../types/parts.ts";
import { Refusal } from "../values/refusal.ts";
import { ColumnBuffer } from "./column-buffer.ts";
import type { Lane } from "./lane.ts";
import type { Append } from "./write-value.ts";

/** A buffer for a column of the type. `lane`: a lane that nobody else uses, for each call. */
export function bufferFor(type: ColumnType, lane: () => Lane): ColumnBuffer {
  if (shapeOf(type) === undefined) return new ColumnBuffer(lane(), lane());
  const parts = leavesOf("", type).map(() => ({ buffer: new ColumnBuffer(lane(), lane()), repetitions: lane(), definitions: lane() }));
  return new ColumnBuffer(lane(), lane(), parts);
}

/** The values and levels of a chunk for one leaf. */
interface Collected {
  values: unknown[];
  repetitions: number[];
  definitions: number[];
}

type Shred = (value: unknown, repetition: number, definition: number) => void;

/** `appenderOf`: for the types of leaves */
export function nestedAppender(type: ColumnType, appenderOf: (type: ColumnType) => Append): Append {
  const leaves = leavesOf("", type);
  const appends = leaves.map((leaf) => appenderOf(leaf.type));
  return (values, count, out) => {
    const collected = leaves.map((): Collected => ({ values: [], repetitions: [], definitions: [] }));
    const shred = shredder(type, collected[Symbol.iterator](), 0);
    out.begin(count);
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value === null || value === undefined) out.markNull(i);
      shred(value, 0, 0);
    }
    for (const [at, part] of out.parts.entries()) {
      const { values: own, repetitions, definitions } = collected[at] as Collected;
      (appends[at] as Append)(own, own.length, part.buffer);
      push(part.repetitions, repetitions);
      push(part.definitions, definitions);
    }
    out.end(count);
  };
}

/** Takes the next leaves from `rest`, in the order of `leavesOf`. @throws Refusal where a value has another shape */
function shredder(type: ColumnType, rest: Iterator<Collected>, lists: number): Shred {
  const shape = shapeOf(type);
  if (shape === undefined) return leafShredder(rest.next().value as Collected);
  return "list" in shape ? listShredder(shape.list, rest, lists + 1) : structShredder(shape, rest, lists);
}

function leafShredder({ values, repetitions, definitions }: Collected): Shred {
  return (value, repetition, definition) => {
    const isThere = value !== null && value !== undefined;
    if (isThere) values.push(value);
    repetitions.push(repetition);
    definitions.push(isThere ? definition + 1 : definition);
  };
}

function structShredder({ struct }: Extract<Shape, { struct: unknown }>, rest: Iterator<Collected>, lists: number): Shred {
  const fields = struct.map(({ name, type }) => ({ name, shred: shredder(type, rest, lists) }));
  return (value, repetition, definition) => {
    if (value === null || value === undefined) {
      for (const { shred } of fields) shred(null, repetition, definition);
      return;
    }
    if (!isObject(value) || isExactNumber(value)) throw new Refusal("wrong_type");
    let known = 0;
    for (const { name, shred } of fields) {
      const isOwn = Object.hasOwn(value, name);
      if (isOwn) known++;
      shred(isOwn ? value[name] : null, repetition, definition + 1);
    }
    // A field without a part would be lost.
    if (known < Object.keys(value).length) throw new Refusal("wrong_type");
  };
}

function listShredder(element: ColumnType, rest: Iterator<Collected>, lists: number): Shred {
  const shred = shredder(element, rest, lists);
  return (value, repetition, definition) => {
    if (value === null || value === undefined) return shred(null, repetition, definition);
    if (!Array.isArray(value)) throw new Refusal("wrong_type");
    if (value.length === 0) return shred(null, repetition, definition + 1);
    for (const [at, each] of value.entries()) shred(each, at === 0 ? repetition : lists, definition + 2);
  };
}

function push(lane: Lane, levels: readonly number[]): void {
  lane.reserve(levels.length);
  lane.bytes.set(levels, lane.length);
  lane.length += levels.length;
}
