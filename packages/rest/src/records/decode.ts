/**
 * The records of an answer's body, a batch at a time, in the form that the stream says. After the last batch `document` has the rest of the
 * answer, from which paging reads.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { Row } from "@tapline/sdk";
import { parse as csvParser } from "csv-parse";
import { XMLParser } from "fast-xml-parser";
import { restErrors } from "../errors.ts";
import type { Body } from "../model.ts";
import { JsonItems, listKeys } from "./json-items.ts";
import { describe, type JsonPath, valuesAt } from "./json-path.ts";
import { parseJson } from "./parse-json.ts";

export type RecordFormat = "json" | "jsonl" | "csv" | "xml";

export interface RecordsForm {
  readonly format: RecordFormat;
  readonly path: JsonPath;
  /** A list that is missing is an empty one. */
  readonly isOptional: boolean;
  /** Of CSV. */
  readonly delimiter: string;
}

export interface Decoded {
  readonly batches: AsyncIterable<readonly unknown[]>;
  /** What paging looks at: complete after the last batch; undefined for forms that have records only. */
  document(): unknown;
}

const batchRows = 1000;

/** `batches` throws answer_unreadable, records_missing, answer_too_long. */
export function decodeRecords(body: Body, form: RecordsForm, request: string): Decoded {
  const keys = body.bytes === undefined && form.format === "json" ? listKeys(form.path) : undefined;
  if (keys !== undefined) return streamedJson(body, keys, form, request);
  if (form.format === "jsonl") return recordsOnly(lines(body, request));
  if (form.format === "csv") return recordsOnly(csv(body, form, request));
  let document: unknown;
  async function* batches(): AsyncGenerator<readonly unknown[]> {
    document = form.format === "xml" ? await parseXml(body, request) : await parseDocument(body, request);
    yield select(document, form, request);
  }
  return { batches: batches(), document: () => document };
}

const recordsOnly = (batches: AsyncIterable<readonly unknown[]>): Decoded => ({ batches, document: () => undefined });

/** The whole body as one JSON value. @throws answer_unreadable */
export async function parseDocument(body: Body, request: string): Promise<unknown> {
  try {
    return parseJson(await wholeOf(body));
  } catch (error) {
    throw await unreadable(body, request, "JSON", error);
  }
}

async function parseXml(body: Body, request: string): Promise<unknown> {
  // Texts stay texts: "007" is no number, and the schema says what is one. Entities of a document's own are not expanded.
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: { enabled: true, maxTotalExpansions: 0 },
  });
  try {
    return parser.parse((await wholeOf(body)).toString("utf8"), true);
  } catch (error) {
    throw await unreadable(body, request, "XML", error);
  }
}

async function wholeOf(body: Body): Promise<Buffer> {
  return body.bytes ?? Buffer.concat(await Array.fromAsync(body.pieces()));
}

/** @throws records_missing */
function select(document: unknown, { path, isOptional }: RecordsForm, request: string): readonly unknown[] {
  const found = valuesAt(path, document);
  if (found.length === 0 && !isOptional && !isEmptyList(document, path))
    throw restErrors.records_missing({ request, path: path.text, found: describe(document) });
  return found.flatMap((value) => (value === null ? [] : value));
}

/** A path that ends in [*] finds nothing in an empty list, which is there all the same. */
function isEmptyList(document: unknown, { text, steps }: JsonPath): boolean {
  const last = steps.at(-1);
  if (last === undefined || !("all" in last)) return false;
  const list = valuesAt({ text, steps: steps.slice(0, -1) }, document);
  return list.length > 0 && list.every((value) => value === null || (typeof value === "object" && Object.keys(value).length === 0));
}

function streamedJson(body: Body, keys: readonly string[], form: RecordsForm, request: string): Decoded {
  const items = new JsonItems(keys, request);
  let document: unknown;
  async function* batches(): AsyncGenerator<readonly unknown[]> {
    try {
      for await (const batch of items.read(body.pieces())) yield batch.map(parseJson);
      document = parseJson(Buffer.from(items.rest));
    } catch (error) {
      throw error instanceof SyntaxError ? await unreadable(body, request, "JSON", error) : error;
    }
    if (!items.isFound) yield select(document, form, request);
  }
  return { batches: batches(), document: () => document };
}

async function* lines(body: Body, request: string): AsyncGenerator<readonly unknown[]> {
  let batch: unknown[] = [];
  let number = 0;
  for await (const line of createInterface({ input: Readable.from(body.pieces()), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === "") continue;
    try {
      batch.push(parseJson(Buffer.from(line)));
    } catch (error) {
      const reason = `line ${number}: ${(error as Error).message}`;
      throw restErrors.answer_unreadable({ request, form: "JSON lines", reason, start: line.slice(0, 80) }, { line: number }, error);
    }
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

async function* csv(body: Body, { delimiter }: RecordsForm, request: string): AsyncGenerator<readonly Row[]> {
  const parser = Readable.from(body.pieces()).compose(csvParser({ columns: true, delimiter, bom: true, skip_empty_lines: true }));
  let batch: Row[] = [];
  try {
    for await (const row of parser) {
      batch.push(row as Row);
      if (batch.length < batchRows) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    throw await unreadable(body, request, "CSV", error);
  }
  yield batch;
}

async function unreadable(body: Body, request: string, form: string, error: unknown): Promise<Error> {
  const reason = (error as Error).message.replace(/,? ?(\.\.\.)?".*" is not valid JSON/s, "").replace(/ \(line \d+ column \d+\)/, "");
  return restErrors.answer_unreadable({ request, form, reason, start: await body.start(80) }, {}, error);
}
