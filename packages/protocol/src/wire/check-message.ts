/** Checks the form of a parsed Singer message: its type, and the fields that the type requires. */
import { protocolErrors } from "./errors.ts";
import type { ActivateVersionMessage, BatchMessage, JsonSchema, ReplaceSourceMessage, SchemaMessage, StateMessage } from "./message.ts";

/** Every message but RECORD. */
export type OtherMessage = SchemaMessage | StateMessage | ActivateVersionMessage | ReplaceSourceMessage | BatchMessage;

/** @throws not_a_message */
export function requireObject(value: unknown, line: number, reason = "it is not an object"): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw protocolErrors.not_a_message({ reason }, { line });
  return value as Record<string, unknown>;
}

/** @throws not_a_message */
export function requireText(fields: Record<string, unknown>, name: string, line: number): string {
  const value = fields[name];
  if (typeof value !== "string")
    throw protocolErrors.not_a_message({ reason: `a ${fields.type ?? "BATCH's encoding"} has no ${name}` }, { line });
  return value;
}

/** A message that is no RECORD, with the fields that its type requires. @throws not_a_message */
export function checkMessage(fields: Record<string, unknown>, line: number): OtherMessage {
  switch (fields.type) {
    case "SCHEMA": {
      const stream = requireText(fields, "stream", line);
      const schema = requireObject(
        fields.schema,
        line,
        `the SCHEMA of stream ${JSON.stringify(stream)} has no schema object`,
      ) as JsonSchema;
      return { ...fields, type: "SCHEMA", stream, schema, key_properties: names(fields.key_properties) };
    }
    case "STATE":
      if (!("value" in fields)) throw protocolErrors.not_a_message({ reason: "a STATE has no value" }, { line });
      return fields as unknown as StateMessage;
    case "ACTIVATE_VERSION": {
      requireText(fields, "stream", line);
      if (typeof fields.version !== "number")
        throw protocolErrors.not_a_message({ reason: "an ACTIVATE_VERSION has no version number" }, { line });
      return fields as unknown as ActivateVersionMessage;
    }
    case "REPLACE_SOURCE":
      for (const name of ["stream", "column", "value"]) requireText(fields, name, line);
      return fields as unknown as ReplaceSourceMessage;
    case "BATCH":
      requireText(fields, "stream", line);
      if (!Array.isArray(fields.manifest)) throw protocolErrors.not_a_message({ reason: "a BATCH has no manifest list" }, { line });
      if (!fields.manifest.every((url) => typeof url === "string"))
        throw protocolErrors.not_a_message({ reason: "a BATCH has a manifest with an entry that is no text" }, { line });
      requireText(requireObject(fields.encoding, line, "a BATCH has no encoding object"), "format", line);
      return fields as unknown as BatchMessage;
    default:
      throw protocolErrors.not_a_message({ reason: `its type is ${JSON.stringify(fields.type)}` }, { line });
  }
}

/** Some taps leave `key_properties` out or write null. */
function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
