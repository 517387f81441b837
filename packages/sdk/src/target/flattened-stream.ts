/** Flattening of one stream in a target: what is left whole, and the names of its keys. Pure. */
import { asTaplineError, isObject, type JsonSchema, type SchemaMessage, withPosition } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { FlatteningOptions } from "../flatten/flat-name.ts";
import { type Flattening, planFlattening } from "../flatten/plan.ts";
import { showPath } from "../flatten/tree.ts";
import { isMetadataColumn } from "./metadata.ts";
import type { TargetSettings } from "./settings.ts";

export interface FlattenedStream {
  /** Undefined where the stream's records are flat as they are, or are not to be flattened. */
  flattening: Flattening | undefined;
  /** The stream's SCHEMA as the target sees it. */
  message: SchemaMessage;
}

/**
 * `message.schema` must be a usable one. Properties that the catalog deselects are not stored, so they stay as they are.
 * @throws flattened_columns_collide, flattened_key
 */
export function flattenStream(
  message: SchemaMessage,
  options: FlatteningOptions | undefined,
  config: TargetSettings & { deselected?: unknown },
): FlattenedStream {
  if (options === undefined) return { flattening: undefined, message };
  const { stream, schema, key_properties: keys } = message;
  const whole = new Set(deselectedOf(config, stream).filter((name) => !keys.includes(name)));
  const flattening = plan(schema, options, whole, stream);
  if (flattening.isIdentity) return { flattening: undefined, message };
  if (config.add_record_metadata) refuseMetadata(flattening, stream);
  return {
    flattening,
    message: { ...message, schema: flattening.schema, key_properties: keys.map((key) => columnOfKey(key, flattening, stream)) },
  };
}

/** The names of a stream's properties that the catalog deselects. */
export function deselectedOf({ deselected }: { deselected?: unknown }, stream: string): readonly string[] {
  return isObject(deselected) && Object.hasOwn(deselected, stream) ? (deselected[stream] as string[]) : [];
}

function plan(schema: JsonSchema, options: FlatteningOptions, whole: ReadonlySet<string>, stream: string): Flattening {
  try {
    return planFlattening(schema, options, whole);
  } catch (error) {
    throw withPosition(asTaplineError(error), { stream });
  }
}

function refuseMetadata({ paths }: Flattening, stream: string): void {
  for (const [name, path] of paths)
    if (path.length > 1 && isMetadataColumn(name))
      throw errors.flattened_columns_collide({ name, first: showPath(path), second: "the metadata of the record" }, { stream });
}

/** A key may be given by the name of its column, too. */
function columnOfKey(key: string, { columnsOf }: Flattening, stream: string): string {
  const columns = columnsOf(key);
  if (columns.length > 1) throw errors.flattened_key({ key, columns }, { stream });
  return columns[0] ?? key;
}
