/** A schema as a tree: objects whose properties become columns, and the columns. Pure. */
import { isObject, type JsonSchema, orderedEntries } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type FlatteningOptions, flatName } from "./flat-name.ts";

/** A property that becomes a column. */
export interface FlatLeaf {
  path: readonly string[];
  name: string;
  /** As the SCHEMA has it. */
  schema: JsonSchema;
  /** An object that the property is in may be null. */
  isInNullable: boolean;
  /** Each record has the property. */
  isRequired: boolean;
}

/** An object whose properties become columns. */
export interface FlatObject {
  path: readonly string[];
  schema: JsonSchema;
  parts: ReadonlyMap<string, FlatLeaf | FlatObject>;
  /** The names of all its columns. */
  names: readonly string[];
  allowsNull: boolean;
  /** The object around it requires it. */
  isRequired: boolean;
}

export const isLeaf = (part: FlatLeaf | FlatObject): part is FlatLeaf => "name" in part;

/** @param whole properties that are not flattened. @throws flattened_columns_collide */
export function flatTree(
  schema: JsonSchema,
  options: FlatteningOptions,
  whole: ReadonlySet<string>,
): { root: FlatObject; leaves: Map<string, FlatLeaf> } {
  const leaves = new Map<string, FlatLeaf>();

  const leafOf = (path: readonly string[], schema: JsonSchema, { isInNullable, isAlways }: Surroundings): FlatLeaf => {
    const name = path.length === 1 && whole.has(path[0] as string) ? (path[0] as string) : flatName(path, options);
    const other = leaves.get(name);
    if (other !== undefined) throw errors.flattened_columns_collide({ name, first: showPath(other.path), second: showPath(path) });
    const leaf = { path, name, schema, isInNullable, isRequired: isAlways };
    leaves.set(name, leaf);
    return leaf;
  };

  const objectOf = (path: readonly string[], schema: JsonSchema, around: Surroundings, isRequired: boolean): FlatObject => {
    const allowsNull = path.length > 0 && mayBeNull(schema);
    const isInNullable = around.isInNullable || allowsNull;
    const parts = new Map(
      orderedEntries(schema.properties ?? {}).map(([name, child]): [string, FlatLeaf | FlatObject] => {
        const at = [...path, name];
        const isNeeded = schema.required?.includes(name) === true;
        const inside = { isInNullable, isAlways: around.isAlways && !isInNullable && isNeeded };
        const isDeeper = at.length <= options.maxDepth && isFlattened(child) && !(path.length === 0 && whole.has(name));
        return [name, isDeeper ? objectOf(at, child, inside, isNeeded) : leafOf(at, child, inside)];
      }),
    );
    const names = [...parts.values()].flatMap((part) => (isLeaf(part) ? [part.name] : part.names));
    return { path, schema, parts, names, allowsNull, isRequired };
  };

  return { root: objectOf([], schema, { isInNullable: false, isAlways: true }, true), leaves };
}

/** What the objects around a property mean for it. */
interface Surroundings {
  /** One of them may be null. */
  isInNullable: boolean;
  /** Each record has all of them, and they require the property. */
  isAlways: boolean;
}

/** A path for messages: `"address"."zip"`. */
export const showPath = (path: readonly string[]): string => path.map((name) => JSON.stringify(name)).join(".");

export const mayBeNull = ({ type }: JsonSchema): boolean => [type ?? []].flat().includes("null");

/** An object that may be a list or a text too has no properties then, so its column must take both. */
function isFlattened({ type, properties }: JsonSchema): boolean {
  const types = [type ?? []].flat().filter((each) => each !== "null");
  return types.length === 1 && types[0] === "object" && isObject(properties) && Object.keys(properties).length > 0;
}
