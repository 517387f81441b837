/** What our maps make of the cases, in the form in which the Singer SDK's results are recorded. */
import { Decoder, TaplineError } from "@tapline/protocol";
import { openMapper, parseJson, toJson } from "../src/index.ts";

export interface Cases {
  config: Record<string, unknown>;
  key_properties: string[];
  schema: Record<string, unknown>;
  expressions: string[];
  maps: { maps: Record<string, unknown> }[];
}

export interface MappedStream {
  stream: string;
  keys: string[];
  properties: Record<string, { type?: unknown; format?: string }>;
  /** JSON text; null: filtered out. */
  records: (string | null)[];
}

export interface Recorded {
  expressions: Record<string, "refused" | { type: { type?: unknown; format?: string }; values: (string | null)[] }>;
  maps: ("refused" | MappedStream[])[];
}

/** JSON text in one spelling: numbers keep their digits. */
export function canonical(text: string): string {
  return toJson(parseJson(text), { separators: [",", ":"], ascii: false, sorted: true });
}

/** "error" stands for a record that fails. */
export async function outcomeOf(
  cases: Cases,
  records: readonly string[],
  maps: Record<string, unknown>,
): Promise<"refused" | MappedStream[]> {
  const { config, schema, key_properties } = cases;
  const schemaLine = JSON.stringify({ type: "SCHEMA", stream: "customers", schema, key_properties });
  const streams = new Map<string, MappedStream>();
  try {
    for (const record of records) {
      const mapper = await openMapper({ stream_maps: maps, stream_map_config: config });
      const decoder = new Decoder();
      const seen = new Set<string>();
      const made: MappedStream[] = [];
      try {
        for (const decoded of decoder.push(Buffer.from(`${schemaLine}\n{"type":"RECORD","stream":"customers","record":${record}}\n`))) {
          for (const mapped of mapper.take(decoded)) {
            if (mapped.type === "SCHEMA") {
              const stream = streams.get(mapped.stream) ?? {
                stream: mapped.stream,
                keys: mapped.key_properties,
                properties: mapped.schema.properties ?? {},
                records: [],
              };
              streams.set(mapped.stream, stream);
              made.push(stream);
            } else if (mapped.type === "RECORDS") {
              seen.add(mapped.stream);
              const line = mapped.bytes.toString();
              streams.get(mapped.stream)?.records.push(line.slice(line.indexOf('"record":') + 9, -2));
            }
          }
        }
        for (const stream of made) if (!seen.has(stream.stream)) stream.records.push(null);
      } catch (error) {
        if (!(error instanceof TaplineError) || error.class !== "data") throw error;
        for (const stream of made) stream.records.push("error");
      }
    }
    return [...streams.values()];
  } catch (error) {
    if (error instanceof TaplineError && error.class === "config") return "refused";
    throw error;
  }
}
