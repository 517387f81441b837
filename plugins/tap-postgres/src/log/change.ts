/** A change of a row, and where its values are: in the new row, in the old one, or nowhere in the log. Pure. */
import { keptTuple, type Relation, type Tuple, tupleKind } from "./pgoutput.ts";

/** `old` fills in what `row` lacks, and `oldKey` a key that it lacks. `deletedAt`: the row of this key is gone. */
export interface Change {
  row: Tuple;
  old?: Tuple | undefined;
  oldKey?: Tuple | undefined;
  deletedAt?: string;
  /** Nothing keeps the values that the log lacks: they are looked up. */
  mustBeWhole?: boolean;
}

const none: readonly number[] = [];

/** What is left of a change when the next message is read. */
export function keptChange({ row, old, oldKey, ...rest }: Change): Change {
  return { ...rest, row: keptTuple(row), old: old && keptTuple(old), oldKey: oldKey && keptTuple(oldKey) };
}

/** The columns that are read, by their index in the names, and their places in the tuples of the log. */
export class ChangeColumns {
  readonly names: readonly string[];
  /** Indexes of the keys. */
  readonly keys: readonly number[];
  #relation: Relation | undefined;
  /** For each name its place in the tuples, -1 where they lack it. */
  #places: readonly number[] = [];

  constructor(names: readonly string[], keys: readonly string[]) {
    this.names = names;
    this.keys = keys.map((key) => names.indexOf(key));
  }

  /** Where the values are in changes of this shape. Returns whether they are elsewhere than before. */
  describe(relation: Relation): boolean {
    if (relation === this.#relation) return false;
    this.#relation = relation;
    const before = this.#places.join();
    this.#places = this.names.map((name) => relation.columns.findIndex((column) => column.name === name));
    return this.#places.join() !== before;
  }

  /** Whether the tuple has a value for each key. */
  hasKeys(row: Tuple): boolean {
    return this.keys.every((i) => row.kinds[this.placeOf(i)] === tupleKind.text);
  }

  /** Whether the keys differ. */
  differ(row: Tuple, old: Tuple): boolean {
    return this.keys.some((i) => {
      const at = this.placeOf(i);
      if (row.kinds[at] === tupleKind.unchanged) return false;
      return row.bytes.compare(old.bytes, old.starts[at], old.ends[at], row.starts[at], row.ends[at]) !== 0;
    });
  }

  /** Whether the line of the change has the column: that of a delete has its keys. */
  isInLine({ deletedAt }: Change, i: number): boolean {
    return this.placeOf(i) !== -1 && (deletedAt === undefined || this.keys.includes(i));
  }

  /** Indexes of columns whose values the log does not have. */
  lacking(change: Change): readonly number[] {
    if (!change.row.isPartial) return none;
    return this.names.flatMap((_, i) => (this.kindOf(change, i) === tupleKind.unchanged ? [i] : []));
  }

  kindOf(change: Change, i: number): number | undefined {
    return this.tupleOf(change, i).kinds[this.placeOf(i)];
  }

  /** The tuple that has the value. */
  tupleOf({ row, old, oldKey }: Change, i: number): Tuple {
    if (row.kinds[this.placeOf(i)] !== tupleKind.unchanged) return row;
    return old ?? (this.keys.includes(i) ? oldKey : undefined) ?? row;
  }

  textOf(change: Change, i: number): string {
    const [tuple, at] = [this.tupleOf(change, i), this.placeOf(i)];
    return tuple.bytes.toString("utf8", tuple.starts[at], tuple.ends[at]);
  }

  placeOf(i: number): number {
    return this.#places[i] as number;
  }
}
