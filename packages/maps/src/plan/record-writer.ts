/** Writes one record as an output has it. What is done with the fields of a shape is found out once. */
import { errors } from "../errors.ts";
import type { Reads } from "../language/reads.ts";
import { perField } from "../lines/field-scan.ts";
import type { GrowingBytes } from "../lines/growing-bytes.ts";
import type { Shape } from "../lines/shape.ts";
import { isTrue } from "../values/value.ts";
import type { MapExpression } from "./expression.ts";
import type { Assignment, Output } from "./output.ts";
import { encode } from "./result.ts";
import type { Row } from "./row.ts";

type Compute = Assignment & { kind: "compute" };

/** In the order in which a record's fields are written. */
type Part =
  /** Fields that stand beside each other and stay as they are. */
  { kind: "copy"; first: number; last: number } | { kind: "value"; key: Buffer; field: number } | { kind: "compute"; assignment: Compute };

const comma = 0x2c;

export class RecordWriter {
  readonly #output: Output;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #keys: ReadonlySet<string>;
  readonly #name: Buffer;
  readonly #parts = new WeakMap<Shape, readonly Part[]>();

  /** `keys`: those of the stream before it is mapped. */
  constructor(output: Output, slots: readonly string[], keys: readonly string[]) {
    this.#output = output;
    this.#slots = new Map(slots.map((slot, at) => [slot, at]));
    this.#keys = new Set(keys);
    this.#name = Buffer.from(JSON.stringify(output.name));
  }

  /** Writes the line with its "\n". False: the record is filtered out. @throws map_failed, map_type, map_unchanged */
  write(row: Row, out: GrowingBytes, isDelete: boolean): boolean {
    const { line } = row;
    const { filter } = this.#output;
    if (filter !== undefined && !this.#passes(filter, row, isDelete)) return false;
    const { bytes, start, end, streamStart, streamEnd, recordStart, recordEnd } = line;
    const isStreamFirst = streamStart < recordStart;
    out.copy(bytes, start, isStreamFirst ? streamStart : recordStart);
    if (isStreamFirst) {
      out.add(this.#name);
      out.copy(bytes, streamEnd, recordStart);
    }
    const unchanged = line.unchanged === undefined ? undefined : this.#unchanged(line.unchanged);
    this.#record(row, out, isDelete, unchanged?.computed);
    let from = recordEnd;
    if (!isStreamFirst) {
      out.copy(bytes, from, streamStart);
      out.add(this.#name);
      from = streamEnd;
    }
    if (unchanged !== undefined && line.unchangedStart >= from) {
      out.copy(bytes, from, line.unchangedStart);
      out.text(JSON.stringify(unchanged.names));
      from = line.unchangedEnd;
    }
    out.copy(bytes, from, end);
    out.byte(0x0a);
    return true;
  }

  #record(row: Row, out: GrowingBytes, isDelete: boolean, skipped: ReadonlySet<Assignment> | undefined): void {
    const { line, shape } = row;
    if (this.#output.assignments.length === 0 && this.#output.onlyKeeps === undefined) {
      out.copy(line.bytes, line.recordStart, line.recordEnd);
      return;
    }
    const { positions } = line.fields;
    out.byte(0x7b);
    const begin = out.length;
    const separate = (): void => {
      if (out.length > begin) out.byte(comma);
    };
    for (const part of this.#partsOf(shape as Shape)) {
      if (part.kind === "copy") {
        separate();
        out.copy(line.bytes, positions[part.first * perField] as number, positions[part.last * perField + 3] as number);
      } else if (part.kind === "value") {
        separate();
        out.add(part.key);
        out.copy(line.bytes, positions[part.field * perField + 2] as number, positions[part.field * perField + 3] as number);
      } else {
        const { expression, type, key } = part.assignment;
        if (skipped?.has(part.assignment) || (isDelete && this.#isWithout(expression.reads, row))) continue;
        const text = encode(expression.evaluate(row), type, expression, this.#output.source);
        separate();
        out.add(key);
        out.text(text);
      }
    }
    out.byte(0x7d);
  }

  #partsOf(shape: Shape): readonly Part[] {
    const known = this.#parts.get(shape);
    if (known !== undefined) return known;
    const parts = partsFor(this.#output, shape);
    this.#parts.set(shape, parts);
    return parts;
  }

  /** A record that deletes a row has its keys and little else. Where it lacks what the filter reads, it passes: the row may be there. */
  #passes(filter: MapExpression, row: Row, isDelete: boolean): boolean {
    const { unchanged } = row.line;
    if (unchanged !== undefined) {
      const needed = needs(filter.reads, unchanged);
      if (needed.length > 0)
        throw errors.map_unchanged(
          { what: filter.written.what, names: needed, expression: filter.written.source },
          { stream: this.#output.source },
        );
    }
    return (isDelete && this.#isWithout(filter.reads, row)) || isTrue(filter.evaluate(row));
  }

  #isWithout(reads: Reads, row: Row): boolean {
    return reads === "all" || [...reads].some((name) => !row.has(this.#slots.get(name) ?? -1) && this.#isProperty(name));
  }

  #isProperty(name: string): boolean {
    return this.#slots.has(name);
  }

  /**
   * A property that is computed of unchanged properties alone is unchanged too. So is one that also reads keys, which tell the row.
   * @throws map_unchanged where it reads others as well
   */
  #unchanged(unchanged: readonly string[]): { names: string[]; computed: ReadonlySet<Assignment> } {
    const { assignments, onlyKeeps, source } = this.#output;
    const computed = new Set<Assignment>();
    const names = unchanged.filter(
      (name) => !assignments.some((each) => each.name === name) && (onlyKeeps === undefined || onlyKeeps.includes(name)),
    );
    for (const each of assignments) {
      if (each.kind === "rename" && unchanged.includes(each.from)) names.push(each.name);
      if (each.kind !== "compute") continue;
      const { reads, written } = each.expression;
      const needed = needs(reads, unchanged);
      if (needed.length === 0) continue;
      const others =
        reads === "all"
          ? ["record"]
          : [...reads].filter((name) => !unchanged.includes(name) && !this.#keys.has(name) && this.#isProperty(name));
      if (others.length > 0)
        throw errors.map_unchanged({ what: written.what, names: needed, expression: written.source }, { stream: source });
      computed.add(each);
      names.push(each.name);
    }
    return { names, computed };
  }
}

const needs = (reads: Reads, unchanged: readonly string[]): readonly string[] =>
  reads === "all" ? unchanged : unchanged.filter((name) => reads.has(name));

function partsFor({ assignments, onlyKeeps }: Output, { names }: Shape): Part[] {
  const parts: Part[] = [];
  const assigned = new Map(assignments.map((each) => [each.name, each]));
  const put = (assignment: Assignment): void => {
    if (assignment.kind === "compute") parts.push({ kind: "compute", assignment });
    if (assignment.kind !== "rename") return;
    const field = names.lastIndexOf(assignment.from);
    if (field >= 0) parts.push({ kind: "value", key: assignment.key, field });
  };
  const copy = (field: number): void => {
    const last = parts.at(-1);
    if (last?.kind === "copy" && last.last === field - 1) last.last = field;
    else parts.push({ kind: "copy", first: field, last: field });
  };
  const isPut = new Set<string>();
  if (onlyKeeps === undefined) {
    for (const [field, name] of names.entries()) {
      const assignment = assigned.get(name);
      if (assignment === undefined) copy(field);
      else if (!isPut.has(name)) put(assignment);
      isPut.add(name);
    }
  } else for (const name of onlyKeeps) if (!assigned.has(name) && names.includes(name)) copy(names.lastIndexOf(name));
  for (const assignment of assignments) if (!isPut.has(assignment.name)) put(assignment);
  return parts;
}
