/** A stream whose rows are typed from its schema: a misspelt column or a wrong type is a compile error. */
import { type JsonSchema, parseExact, parseOrdered, type Row, type Static, stringifyOrdered, type TObject } from "@tapline/protocol";
import type { Stream } from "./define.ts";

/** A stream as its author writes it: the schema is a TypeBox object, keys and replication key are its columns. */
export interface TypedStream<S extends TObject> extends Omit<Stream<Static<S> & Row>, "schema" | "keys" | "replicationKey"> {
  schema: S;
  keys?: readonly (keyof Static<S> & string)[];
  replicationKey?: keyof Static<S> & string;
}

/**
 * Makes a stream whose rows, keys and replication key are checked against its schema by the compiler.
 * @example defineStream({
 *   name: "temperatures",
 *   schema: Type.Object({ at: Type.String({ format: "date-time" }), celsius: Type.Number() }),
 *   keys: ["at"],
 *   async *read({ signal }) {
 *     for await (const row of fetchRows(signal)) yield row;
 *   },
 * });
 */
export function defineStream<S extends TObject>(stream: TypedStream<S>): Stream {
  // TypeBox marks its objects; the SCHEMA line has the plain JSON Schema.
  return { ...stream, schema: parseOrdered(stringifyOrdered(stream.schema), parseExact) as JsonSchema } as Stream;
}
