/** What is kept with a rejected row so that it can be replayed: its stream's definition and the fields that were sent. Pure. */
import type { JsonSchema, Row, SchemaMessage } from "@tapline/protocol";
import type { Reject } from "./define.ts";
import { deselectedOf } from "./flattened-stream.ts";
import { isMetadataColumn } from "./metadata.ts";
import type { TargetSettings } from "./settings.ts";

export type RejectOrigin = Pick<Reject, "definition" | "metadata">;

/** What a replay needs of the stream; see `Reject.definition`. */
export function replayDefinition(
  { stream, schema, key_properties }: SchemaMessage,
  config: TargetSettings & { deselected?: unknown },
): string {
  const deselected = deselectedOf(config, stream);
  return JSON.stringify({ schema, key_properties, ...(deselected.length > 0 && { deselected }) });
}

/** The fields that the record of a stored row had: without the metadata columns and without NULLs that its schema does not allow. */
export function sentFields(row: Row, { properties = {} }: JsonSchema): Row {
  const isSent = ([name, value]: [string, unknown]): boolean => {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
    if (type === undefined) return !isMetadataColumn(name) || Object.hasOwn(properties, name);
    return value !== null || [type].flat().includes("null");
  };
  return Object.fromEntries(Object.entries(row).filter(isSent));
}
