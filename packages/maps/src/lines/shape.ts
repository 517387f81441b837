/** Which fields records have, in which order. Most records of a stream have the same, so that a shape is looked up once and compared then. */
import { perField } from "./field-scan.ts";
import type { RecordLine } from "./record-line.ts";

export interface Shape {
  /** As the tap spells them, with quotes. */
  readonly keys: readonly Buffer[];
  readonly names: readonly string[];
  /** The field of each slot, or -1. */
  readonly fields: Int32Array;
}

/** More are forgotten. */
const mostShapes = 200;

/** The shapes of one stream's records; `slots` are the properties that expressions read. */
export class Shapes {
  readonly #slots: readonly string[];
  readonly #known = new Map<string, Shape>();
  #last: Shape | undefined;

  constructor(slots: readonly string[]) {
    this.#slots = slots;
  }

  /** The shape of a line that was read. */
  of(line: RecordLine): Shape {
    const last = this.#last;
    if (last !== undefined && hasKeys(line, last.keys)) return last;
    const keys = keysOf(line);
    const text = keys.map((key) => key.toString("latin1")).join();
    let shape = this.#known.get(text);
    if (shape === undefined) {
      if (this.#known.size >= mostShapes) this.#known.clear();
      const names = keys.map((key) => JSON.parse(key.toString()) as string);
      shape = { keys, names, fields: Int32Array.from(this.#slots, (slot) => names.lastIndexOf(slot)) };
      this.#known.set(text, shape);
    }
    this.#last = shape;
    return shape;
  }
}

function hasKeys({ bytes, fields: { positions, count } }: RecordLine, keys: readonly Buffer[]): boolean {
  if (count !== keys.length) return false;
  for (let field = 0; field < count; field++) {
    const [from, to, key] = [positions[field * perField] as number, positions[field * perField + 1] as number, keys[field] as Buffer];
    if (key.length !== to - from) return false;
    for (let at = 1; at < key.length - 1; at++) if (key[at] !== bytes[from + at]) return false;
  }
  return true;
}

function keysOf({ bytes, fields: { positions, count } }: RecordLine): Buffer[] {
  return Array.from({ length: count }, (_, field) =>
    Buffer.from(bytes.subarray(positions[field * perField] as number, positions[field * perField + 1] as number)),
  );
}
