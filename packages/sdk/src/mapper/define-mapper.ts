/** What the author of a mapper writes: what becomes of each stream, and of each of its rows, between a tap and a target. */
import type { JsonSchema, Row, Static, TObject } from "@tapline/protocol";
import type { Log } from "../tap/define.ts";

/** A stream as the tap sends it. Its schema has no `$ref`. */
export interface StreamToMap {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly keys: readonly string[];
}

/** What a stream becomes. What is left out stays as it is. */
export interface MappedStream {
  name?: string;
  schema?: JsonSchema;
  keys?: readonly string[];
  /**
   * What a row becomes; undefined leaves it out, and it is counted. Numbers that a double would change are `ExactNumber`. A record that says a
   * row was deleted (`_sdc_deleted_at`) may have its keys alone.
   */
  row?(row: Row): Row | undefined;
}

export interface RowMapper<C extends TObject = TObject> {
  name: string;
  version: string;
  description: string;
  config: C;
  /**
   * Called once. What it returns is called for each stream, and again where the stream's schema changed; undefined drops the stream. STATE
   * messages pass as they are, and bookmarks have the names of the tap.
   */
  map(config: Static<C>, log: Log): (stream: StreamToMap) => MappedStream | undefined;
}

/**
 * Identity at run time; at compile time the config that `map` gets is typed from the schema.
 * @example await runMapper(
 *   defineMapper({
 *     name: "map-trim",
 *     version: "1.0.0",
 *     description: "Leaves out rows without a name.",
 *     config: Type.Object({}),
 *     map: () => () => ({ row: (row) => (row.name === null ? undefined : row) }),
 *   }),
 * );
 */
export function defineMapper<C extends TObject>(mapper: RowMapper<C>): RowMapper<C> {
  return mapper;
}
