/** Flattens the records of one stream. Fields that the schema has cost one look-up each; only others are checked for collisions. Pure. */
import { isObject, type Row } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { flatName, type NameOptions } from "./flat-name.ts";
import { put } from "./nest-row.ts";
import { type FlatLeaf, type FlatObject, isLeaf, showPath } from "./tree.ts";

export function flattener(root: FlatObject, leaves: ReadonlyMap<string, FlatLeaf>, options: NameOptions): (record: Row) => Row {
  /** Where the fields of this record come from that the schema does not have, by flat name. */
  let others = new Map<string, readonly string[]>();

  /** Adds a field where another one may have the same flat name. @throws flattened_fields_collide */
  const add = (flat: Row, name: string, value: unknown, path: readonly string[]): void => {
    const before = Object.hasOwn(flat, name) ? flat[name] : undefined;
    if (before === undefined || before === null) put(flat, name, value);
    else if (value !== null) {
      const first = showPath(others.get(name) ?? (leaves.get(name) as FlatLeaf).path);
      throw errors.flattened_fields_collide({ name, first, second: showPath(path) });
    }
  };

  const addOther = (flat: Row, path: readonly string[], value: unknown): void => {
    const name = flatName(path, options);
    add(flat, name, value, path);
    others.set(name, path);
  };

  const flattenInto = (flat: Row, { parts, path }: FlatObject, fields: Row): void => {
    for (const field of Object.keys(fields)) {
      const value = fields[field];
      const part = parts.get(field);
      if (part === undefined) addOther(flat, [...path, field], value);
      else if (isLeaf(part)) {
        if (others.size > 0) add(flat, part.name, value, part.path);
        else put(flat, part.name, value);
      } else if (isObject(value)) flattenInto(flat, part, value);
      else if (value === null) for (const name of part.names) add(flat, name, null, part.path);
      else addOther(flat, part.path, value);
    }
  };

  return (record) => {
    const flat: Row = {};
    if (others.size > 0) others = new Map();
    flattenInto(flat, root, record);
    return flat;
  };
}
