/** A stream whose rows are typed from its schema: a misspelt column or a wrong type is a compile error. */
import { type JsonSchema, parseExact, parseOrdered, type Row, type Static, stringifyOrdered, type TObject } from "@tapline/protocol";
import type { Chunk, ReadContext, Stream } from "./define.ts";

/** A JSON Schema that carries the type of its rows, as `tapline codegen` writes it. The mark is in the type alone. */
export type TypedSchema<R> = JsonSchema & { readonly "~rows": R };

/** The rows of a schema that the compiler can read. */
type RowsOf<S> = S extends TObject ? Static<S> : S extends TypedSchema<infer R> ? R : never;

type ChunkOf<R> = R | readonly R[] | Chunk<R & Row>;

/** A stream as its author writes it: the schema is a TypeBox object or carries a type, and keys and replication key are its columns. */
export interface TypedStream<S extends TObject | TypedSchema<unknown>> extends Omit<Stream, "schema" | "keys" | "replicationKey" | "read"> {
  schema: S;
  keys?: readonly (keyof RowsOf<S> & string)[];
  replicationKey?: keyof RowsOf<S> & string;
  read(context: ReadContext): AsyncIterable<ChunkOf<RowsOf<S>>> | Iterable<ChunkOf<RowsOf<S>>>;
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
export function defineStream<S extends TObject | TypedSchema<unknown>>(stream: TypedStream<S>): Stream {
  // TypeBox marks its objects; the SCHEMA line has the plain JSON Schema.
  return { ...stream, schema: parseOrdered(stringifyOrdered(stream.schema), parseExact) as JsonSchema } as unknown as Stream;
}
