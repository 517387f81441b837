/** What the parts of the kit share: requests, answers, and the place in the reading at which a request is made. */
import type { Json, Log, Row } from "@tapline/sdk";

export type { Json };

export type Value = string | number | boolean;

/** Query parameters, headers or fields of a form. Those that are undefined are left out; a list repeats its name. */
export type Params = Readonly<Record<string, Value | readonly Value[] | undefined>>;

/** Where a request stands: the parent's record, the partition, and the bounds of an incremental read. */
export interface Place<P extends Row = Row> {
  /** The record of the parent stream, for a child stream. */
  readonly parent: P;
  /** The values of the partition, for a stream with `partitions`; else {}. */
  readonly partition: Readonly<Record<string, Value>>;
  /** As the API wants it (`incremental.format`); undefined where reading starts at the beginning. */
  readonly start: string | undefined;
  /** As the API wants it; undefined where reading has no end. */
  readonly end: string | undefined;
}

/** A value, or a function that makes it at each place. */
export type At<T, P extends Row = Row> = T | ((place: Place<P>) => T);

/** A request as an author writes it. */
export interface RequestParts<P extends Row = Row> {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Is put after the API's address, or is a whole address. Put values into it with `encodeURIComponent`, or with `url` of this package. */
  path: At<string, P>;
  query?: At<Params, P>;
  headers?: At<Params, P>;
  /** Is sent as JSON. */
  body?: At<Json, P>;
  /** Is sent as a form. */
  form?: At<Params, P>;
}

/** A request that is ready but for its credentials. Nobody changes it: credentials go on a copy. */
export interface PlainRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A copy that credentials are put on. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  body: string | undefined;
}

/** Headers of an answer; names in any case. */
export interface AnswerHeaders {
  /** Several of a name are joined by ", "; null: there is none. */
  get(name: string): string | null;
  getSetCookie(): readonly string[];
}

/** An answer that arrived whole. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** After redirects. */
  readonly url: URL;
  readonly body: Body;
}

/** The bytes of an answer: in memory, or in a file that has no name any more. */
export interface Body extends AsyncDisposable {
  readonly length: number;
  /** The whole of it where it is in memory; undefined where it is in the file. */
  readonly bytes: Buffer | undefined;
  pieces(): AsyncIterable<Buffer>;
  /** The first bytes as text. */
  start(length: number): Promise<string>;
}

/** What requests need of the run. */
export interface RunParts {
  readonly signal: AbortSignal;
  readonly log: Log;
}
