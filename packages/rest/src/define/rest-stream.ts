/** A stream as its author writes it. Columns are checked by the compiler: keys, cursor, and what comes from the parent. */
import type { JsonSchema, Row, Static, TObject, TypedSchema } from "@tapline/sdk";
import type { ResponseRule } from "../http/policy.ts";
import type { At, Json, Place, RequestParts, Value } from "../model.ts";
import type { Paging } from "../paging/paging.ts";
import type { RecordFormat } from "../records/decode.ts";
import type { InstantFormat } from "../time/instant.ts";

/** The rows of a schema; plain JSON Schema says nothing of them to the compiler. */
export type RowOf<S> = S extends TObject ? Static<S> : S extends TypedSchema<infer R> ? R & Row : Row;

export type ColumnOf<S> = S extends TObject ? keyof Static<S> & string : S extends TypedSchema<infer R> ? keyof R & string : string;

/** Names of columns that the type has; any text where it names none. */
type NamedKey<R> = [Named<R>] extends [never] ? string : Named<R>;
type Named<R> = keyof { [K in keyof R as string extends K ? never : K]: R[K] } & string;

/** How a stream is read from a bookmark on. The bookmark is the largest cursor of the rows, as the source's own text. */
export interface Incremental<C extends string = string> {
  /** The column whose value only grows. */
  readonly cursor: C;
  /** Parameters of the query for the bounds. Elsewhere in the request, use `start` and `end` of the place. */
  readonly startParam?: string;
  readonly endParam?: string;
  /** Where the first run starts. Default: at the beginning. */
  readonly start?: string | undefined;
  /** Where reading ends, as an instant. Default: now, where the end is sent or there are steps. */
  readonly end?: string | undefined;
  /** How the API wants instants; "number" for a cursor that is a count. Default: the bookmark as it is; RFC 3339 for computed bounds. */
  readonly format?: InstantFormat | "number";
  /** So much before the bookmark is read again, for rows that come late: seconds, ISO 8601 (P1D), or a count for "number". */
  readonly lookback?: string | number;
  /** Time is read in steps of this length, each with a bookmark after it: seconds or ISO 8601. Needs `start`. */
  readonly step?: string | number;
  /** Where the API's end is the last value that it sends: a step ends so much before the next one begins. Seconds or ISO 8601. */
  readonly granularity?: string | number;
  /** The order in which the API sends rows by the cursor: "asc" allows bookmarks between pages, "desc" ends at the first page that is old. */
  readonly order?: "asc" | "desc";
}

/** A list that the API makes in its own time: the stream's request starts it. */
export interface Job<P extends Row = Row> {
  /** How often to ask, in seconds. Default: 5. */
  readonly every?: number;
  /** Seconds until it must be done. Default: 3600. */
  readonly timeout?: number;
  /** A path into the answers with the status. */
  readonly status: string;
  readonly done: readonly string[];
  readonly failed?: readonly string[];
  /** Asks for the status. `created` is the answer to the stream's request. */
  readonly poll: (created: Json, place: Place<P>) => RequestParts;
  /** The requests for the results, from the last answer to `poll`. */
  readonly results: (done: Json, created: Json, place: Place<P>) => readonly RequestParts[];
  /** Deletes the job afterwards, also where reading failed. */
  readonly remove?: (created: Json, place: Place<P>) => RequestParts;
}

export interface RestStreamDefinition<S, P extends Row> extends RequestParts<P> {
  readonly name: string;
  readonly description?: string;
  /** Default: made from the first records, and widened by later ones. */
  readonly schema?: S;
  readonly keys?: readonly ColumnOf<S>[];
  /** Where the records are. Default: the answer itself, a list or one record. */
  readonly records?: string;
  /** Default: false. The API leaves the list out when it is empty. */
  readonly recordsOptional?: boolean;
  /** Default: json. Compressed answers (gzip) are unpacked in each. */
  readonly format?: RecordFormat;
  /** Of CSV. Default: a comma. */
  readonly delimiter?: string;
  readonly paging?: Paging;
  readonly incremental?: Incremental<ColumnOf<S>>;
  /** The list is read once for each of these values, with a bookmark for each. */
  readonly partitions?: readonly Readonly<Record<string, Value>>[];
  /** The list is read once for each record of the parent, with a bookmark for each. */
  readonly parent?: RestStream<P>;
  /** "all" (default): for all records of the parent. "changed": only for those that the parent reads in this run. */
  readonly parentRows?: "all" | "changed";
  /** Columns that get a value of the parent's record: their name, and its. */
  readonly fromParent?: { readonly [column in NoInfer<ColumnOf<S>>]?: NoInfer<NamedKey<P>> };
  /** Columns that get a value of the partition. */
  readonly fromPartition?: { readonly [column in NoInfer<ColumnOf<S>>]?: string };
  /** Makes the row of a record, several, or none. */
  // biome-ignore lint/suspicious/noExplicitAny: a record has the form that the API gives it, which only the author knows.
  readonly map?: (record: any, place: Place<P>) => RowOf<S> | readonly RowOf<S>[] | undefined;
  readonly job?: Job<P>;
  /** Rules for answers to this stream's requests, before those of the API. */
  readonly responses?: readonly ResponseRule[];
}

/** A stream for `restTap`. */
export interface RestStream<R extends Row = Row> {
  // biome-ignore lint/suspicious/noExplicitAny: streams with parents of all kinds stand in one list.
  readonly definition: RestStreamDefinition<any, any>;
  /** Carries the type of its rows to its children. It is never there. */
  readonly rows?: R;
}

/**
 * @example const orders = restStream({
 *   name: "orders",
 *   path: "/orders",
 *   schema: Type.Object({ id: Type.Integer(), updated_at: Type.String({ format: "date-time" }) }),
 *   keys: ["id"],
 *   records: "$.data[*]",
 *   paging: { type: "cursor", next: "$.next", param: "after" },
 *   incremental: { cursor: "updated_at", startParam: "since" },
 * });
 */
export function restStream<const S extends TObject | JsonSchema = JsonSchema, P extends Row = Row>(
  definition: RestStreamDefinition<S, P>,
): RestStream<RowOf<S>> {
  return { definition };
}

/** A GraphQL query as the request of a stream: its page's token goes to `variables`. */
export function graphql<P extends Row = Row>(
  path: string,
  query: string,
  variables: At<Record<string, Json>, P> = {},
): { method: "POST"; path: string; body: (place: Place<P>) => Json; responses: ResponseRule[] } {
  return {
    method: "POST",
    path,
    body: (place) => ({ query, variables: typeof variables === "function" ? variables(place) : variables }),
    responses: [{ status: ["2xx"], when: hasErrors, action: "fail" }],
  };
}

/** GraphQL answers errors with 200. */
function hasErrors(document: Json | undefined): boolean {
  const errors = typeof document === "object" && document !== null && !Array.isArray(document) ? document.errors : undefined;
  return Array.isArray(errors) && errors.length > 0;
}
