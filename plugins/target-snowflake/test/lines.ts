/** Singer lines for tests of loads. */

export const schemaLine = (stream: string, properties: object, keys: readonly string[] = []): string =>
  `${JSON.stringify({ type: "SCHEMA", stream, schema: { properties }, key_properties: keys })}\n`;
export const recordLine = (stream: string, record: object): string => `${JSON.stringify({ type: "RECORD", stream, record })}\n`;
export const stateLine = (value: unknown): string => `${JSON.stringify({ type: "STATE", value })}\n`;
