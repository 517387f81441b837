/** The ways in which APIs cut a list into pages, as an author says them. */
import type { Json } from "@tapline/sdk";
import type { AnswerHeaders } from "../model.ts";

/** Where the token of the next page goes: a parameter of the query (default), a header, or a place in the body such as "variables.after". */
export interface TokenPlace {
  readonly param?: string;
  readonly header?: string;
  readonly body?: string;
}

interface Ends {
  /** A value of the answer that says whether there are more pages: true, or anything but false, null, 0 and "". */
  readonly hasMore?: string;
  /** The number of all records. Paging ends when so many were read; where the list ends earlier or later, there is a warning. */
  readonly total?: string;
  /** What else ends the list: a page without records (default), or one with fewer than `size`. */
  readonly until?: "empty" | "short";
}

export interface NoPaging {
  readonly type: "none";
}

export interface PagePaging extends Ends, TokenPlace {
  readonly type: "page";
  /** Default: 1. */
  readonly start?: number;
  readonly size?: number;
  /** The parameter that gets `size`. */
  readonly sizeParam?: string;
  /** The number of all pages. */
  readonly pages?: string;
}

export interface OffsetPaging extends Ends, TokenPlace {
  readonly type: "offset";
  /** Records a page. */
  readonly size: number;
  /** Default: 0. */
  readonly start?: number;
  /** Default: limit. */
  readonly sizeParam?: string;
}

/** The answer has the token of the next page: at a path, in a header, or it is a value of the last record. It ends where there is none. */
export interface CursorPaging extends TokenPlace {
  readonly type: "cursor";
  /** A path into the answer, "header:NAME", or "record:PATH" for a value of the last record. */
  readonly next: string;
  readonly hasMore?: string;
  /** A value of the answer that says that this is the last page, although there is a token. */
  readonly atEnd?: string;
  readonly size?: number;
  readonly sizeParam?: string;
  /** Default: false. A page without records ends the list although there is a token. */
  readonly stopOnEmpty?: boolean;
}

/** The answer has the whole address of the next page: in the header Link, or at a path. */
export interface LinkPaging {
  readonly type: "link";
  /** A path into the answer. Default: the header Link. */
  readonly next?: string;
  /** Of the header. Default: next. */
  readonly rel?: string;
  readonly hasMore?: string;
  /** As for cursor. */
  readonly atEnd?: string;
  readonly size?: number;
  readonly sizeParam?: string;
}

/** Of a form of its own: what to change in the request for the next page; undefined ends the list. A new one is made for each list. */
export interface CustomPaging {
  readonly type: "custom";
  readonly make: () => (page: PageSeen) => PagePatch | undefined;
  readonly first?: PagePatch;
}

export type Paging = NoPaging | PagePaging | OffsetPaging | CursorPaging | LinkPaging | CustomPaging;

/** A page that was read. */
export interface PageSeen {
  /** 1, 2, … */
  readonly number: number;
  /** The answer without its records where those were streamed; undefined for forms that have records only. */
  readonly document: unknown;
  readonly headers: AnswerHeaders;
  readonly url: URL;
  readonly records: number;
  readonly lastRecord: unknown;
}

/** What a page's request has beside that of the stream. */
export interface PagePatch {
  /** In place of the address and the query. */
  readonly url?: URL;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Places in the body, with their values. */
  readonly body?: readonly (readonly [place: string, value: Json])[];
}
