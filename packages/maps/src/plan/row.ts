/** The record that is mapped now, as expressions see it. Values are read from the line's bytes when they are asked for. */
import { perField } from "../lines/field-scan.ts";
import type { RecordLine } from "../lines/record-line.ts";
import type { Shape } from "../lines/shape.ts";
import { parseJson } from "../values/json-parse.ts";
import type { Dict, Value } from "../values/value.ts";

export class Row {
  readonly line: RecordLine;
  shape: Shape | undefined;
  #record: Dict | undefined;

  constructor(line: RecordLine) {
    this.line = line;
  }

  /** The line was read, and has this shape. */
  begin(shape: Shape): void {
    this.shape = shape;
    this.#record = undefined;
  }

  has(slot: number): boolean {
    return (this.shape?.fields[slot] ?? -1) >= 0;
  }

  /** The value of a property by its slot; undefined: the record has none. @throws ExpressionError for a number of too many digits */
  value(slot: number): Value | undefined {
    const field = this.shape?.fields[slot] ?? -1;
    return field < 0 ? undefined : this.#parse(field);
  }

  record(): Dict {
    this.#record ??= new Map((this.shape?.names ?? []).map((name, field): [Value, Value] => [name, this.#parse(field)]));
    return this.#record;
  }

  #parse(field: number): Value {
    const { positions } = this.line.fields;
    const [from, to] = [positions[field * perField + 2] as number, positions[field * perField + 3] as number];
    return parseJson(this.line.bytes.toString("utf8", from, to));
  }
}
