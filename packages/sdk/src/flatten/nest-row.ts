/** Makes the record again that a flat row came from. Pure. */
import type { Row } from "@tapline/protocol";
import { type FlatLeaf, type FlatObject, isLeaf, mayBeNull } from "./tree.ts";

export function nestRow(root: FlatObject, leaves: ReadonlyMap<string, FlatLeaf>, row: Row): Row {
  const record: Row = {};
  for (const [name, part] of root.parts) {
    if (!isLeaf(part)) {
      const inner = objectIn(part, row);
      if (inner !== undefined) put(record, name, inner);
    } else if (Object.hasOwn(row, part.name)) put(record, name, row[part.name]);
  }
  for (const name of Object.keys(row)) if (!leaves.has(name)) put(record, name, row[name]);
  return record;
}

/** Undefined where the record may have been without it. */
function objectIn({ parts, names, allowsNull, isRequired }: FlatObject, row: Row): Row | null | undefined {
  const found = names.filter((name) => Object.hasOwn(row, name));
  if (found.length === 0 && !isRequired) return undefined;
  const isEmpty = found.every((name) => row[name] === null);
  if (isEmpty && allowsNull && found.length === names.length) return null;
  const fields: Row = {};
  for (const [name, part] of parts) {
    const value = isLeaf(part) ? (Object.hasOwn(row, part.name) ? row[part.name] : undefined) : objectIn(part, row);
    const isRefused = value === null && isLeaf(part) && part.schema.type !== undefined && !mayBeNull(part.schema);
    if (value !== undefined && !isRefused) put(fields, name, value);
  }
  return isEmpty && !isRequired && Object.keys(fields).length === 0 ? undefined : fields;
}

/** Sets a field, also one with the name `__proto__`. */
export function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  else object[name] = value;
}
