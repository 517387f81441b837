/** Turns a SCHEMA message into the stream that a target gets: with the metadata columns and the load method. */
import { type JsonSchema, resolveSchema, type SchemaMessage } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { LoadMethod, TargetStream } from "./define.ts";
import { reservedProperty, withMetadataColumns } from "./metadata.ts";
import type { TargetSettings } from "./settings.ts";
import { describeValue } from "./validate.ts";

/** The schema that sinks and checks use. Warns of each keyword that is left out. @throws schema_too_large */
export function usableSchema({ stream, schema }: SchemaMessage, warn: (message: string) => void): JsonSchema {
  const resolved = resolveSchema(schema, { stream });
  const places = Map.groupBy(resolved.ignored, ({ keyword, value }) => `${keyword} is ${describeValue(value)}`);
  for (const [what, [first, ...others]] of places) {
    const where = `${first?.at || "the top"}${others.length === 0 ? "" : ` and ${others.length} more`}`;
    warn(`the SCHEMA of stream ${JSON.stringify(stream)} has a keyword that can't be followed, so it is ignored: ${what}, at ${where}`);
  }
  return resolved.schema;
}

/** `message.schema` must be a usable one. @throws key_property_missing, reserved_property, load_method_unsupported */
export function targetStream(
  message: SchemaMessage,
  config: TargetSettings,
  possible: readonly LoadMethod[] = ["upsert", "append-only"],
  warn: (message: string) => void = () => {},
): TargetStream {
  const { stream: name, key_properties: keys } = message;
  for (const key of keys) {
    if (!Object.hasOwn(message.schema.properties ?? {}, key)) throw errors.key_property_missing({ key }, { stream: name });
  }
  const reserved = config.add_record_metadata ? reservedProperty(message.schema) : undefined;
  if (reserved !== undefined) throw errors.reserved_property(reserved, { stream: name, column: reserved.property });
  const schema = config.add_record_metadata ? withMetadataColumns(message.schema) : message.schema;
  const method = loadMethod(name, keys, config, possible, warn);
  const { replace_streams: replaced = [] } = config;
  if (!replaced.includes(name) && !replaced.includes("*")) return { name, schema, keys, loadMethod: method };
  // The table is as a first load of the stream leaves it: where rows are appended, it keeps every row of a key and has no primary key.
  return { name, schema, keys: method === "append-only" ? [] : keys, loadMethod: "overwrite" };
}

function loadMethod(
  stream: string,
  keys: readonly string[],
  config: TargetSettings,
  possible: readonly LoadMethod[],
  warn: (message: string) => void,
): LoadMethod {
  const wanted = config.load_method === "append" ? "append-only" : config.load_method;
  if (wanted !== undefined && !possible.includes(wanted)) throw errors.load_method_unsupported({ method: wanted, supported: possible });
  if (wanted === "upsert" && keys.length === 0) {
    warn(`stream ${JSON.stringify(stream)} has no key_properties, so its rows are appended, not upserted`);
    return "append-only";
  }
  return wanted ?? (keys.length > 0 && possible.includes("upsert") ? "upsert" : "append-only");
}
