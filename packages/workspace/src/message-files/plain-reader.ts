/**
 * What a table must hold after a file of messages, read line by line in the plainest way: no batches, no columns, no code of the targets.
 * Records with `_sdc_deleted_at` and ACTIVATE_VERSION remove rows (`hard_delete: true`).
 */
import { parseExact } from "@tapline/protocol";

export interface ExpectedTable {
  schema: string | undefined;
  table: string;
  properties: Record<string, Record<string, unknown>>;
  rows: Record<string, unknown>[];
}

interface Stream {
  properties: ExpectedTable["properties"];
  /** Those of the last SCHEMA. */
  current: string[];
  keys: string[];
  /** For each property, the types of all its declarations, without null. */
  types: Map<string, Set<string>>;
  rows: { values: Record<string, unknown>; version: number | undefined }[];
  received: number;
  /** An ACTIVATE_VERSION that arrived before any row acts at the end. */
  early: number | undefined;
}

/** By stream. Lines that are no messages are left out. */
export function readPlainly(text: string): Map<string, ExpectedTable> {
  const streams = new Map<string, Stream>();
  for (const line of text.split("\n")) {
    if (!line.trim().startsWith("{")) continue;
    // biome-ignore lint/suspicious/noExplicitAny: any message may be there
    const message = parseExact(line) as any;
    const stream = streams.get(message.stream);
    if (message.type === "SCHEMA") define(streams, message.stream, message.schema.properties ?? {}, message.key_properties ?? []);
    else if (stream === undefined) continue;
    else if (message.type === "RECORD") add(stream, message.record, message.version);
    else if (message.type === "ACTIVATE_VERSION") {
      if (stream.received === 0 && message.after_rows !== true) stream.early = message.version;
      else activate(stream, message.version);
    }
  }
  return new Map(
    [...streams].map(([name, stream]) => {
      if (stream.early !== undefined) activate(stream, stream.early);
      const parts = name.split("-");
      const table = parts.at(-1) as string;
      const typesOf = (property: string): string[] => [...(stream.types.get(property) ?? [])];
      const rows = stream.rows.map(({ values }) =>
        Object.fromEntries(Object.entries(values).map(([property, value]) => [property, asStored(value, typesOf(property))])),
      );
      return [name, { schema: parts.at(-2), table, properties: stream.properties, rows }];
    }),
  );
}

type Schema = Record<string, unknown> & { type?: string | string[]; anyOf?: Schema[] };

function define(streams: Map<string, Stream>, name: string, schemas: Record<string, Schema>, keys: string[]): void {
  const before = streams.get(name) ?? { properties: {}, types: new Map(), rows: [], received: 0, early: undefined };
  const properties = Object.fromEntries(Object.entries(schemas).map(([property, schema]) => [property, onlyBranch(schema)]));
  for (const [property, schema] of Object.entries(schemas))
    before.types.set(property, new Set([...(before.types.get(property) ?? []), ...typesIn(schema)]));
  streams.set(name, { ...before, properties: { ...before.properties, ...properties }, current: Object.keys(properties), keys });
}

const typesIn = ({ type, anyOf = [] }: Schema): string[] =>
  [...[type ?? []].flat(), ...anyOf.flatMap(typesIn)].filter((each) => each !== "null");

/** The schema in an `anyOf` that has only one beside null. */
function onlyBranch(schema: Schema): Schema {
  const branches = (schema.anyOf ?? []).filter((branch) => typesIn(branch).length > 0);
  return branches.length === 1 ? (branches[0] as Schema) : schema;
}

/** A column of several types with text among them is text, and a text where only objects and lists are declared is JSON. */
function asStored(value: unknown, types: readonly string[]): unknown {
  const isNested = (type: string): boolean => type === "object" || type === "array";
  if (value === null || types.length === 0) return value;
  if (typeof value === "string") return types.every(isNested) ? parseExact(value) : value;
  return types.length > 1 && types.includes("string") && !types.some(isNested) ? JSON.stringify(value) : value;
}

/** A property that the record lacks is NULL; a column that the SCHEMA no longer has keeps its value. */
function add(stream: Stream, record: Record<string, unknown>, version: number | undefined): void {
  stream.received++;
  const { _sdc_deleted_at: deletedAt, ...fields } = record;
  const at = stream.rows.findIndex(
    ({ values }) => stream.keys.length > 0 && stream.keys.every((key) => JSON.stringify(values[key]) === JSON.stringify(fields[key])),
  );
  if (stream.keys.length > 0 && deletedAt !== null && deletedAt !== undefined) {
    if (at >= 0) stream.rows.splice(at, 1);
    return;
  }
  const declared = Object.entries(fields).filter(([name]) => stream.current.includes(name));
  const others = Object.entries(fields).filter(([name]) => !stream.current.includes(name));
  const old = Object.entries(stream.rows[at]?.values ?? {}).filter(([name]) => name !== "_sdc_extra" && !stream.current.includes(name));
  const extra = others.length > 0 ? [["_sdc_extra", Object.fromEntries(others)] as const] : [];
  const row = { values: Object.fromEntries([...old, ...declared, ...extra]), version };
  if (others.length > 0) stream.properties._sdc_extra = { type: ["null", "object"] };
  if (at >= 0) stream.rows[at] = row;
  else stream.rows.push(row);
}

function activate(stream: Stream, version: number): void {
  if (stream.keys.length > 0) stream.rows = stream.rows.filter((row) => row.version === undefined || row.version >= version);
}
