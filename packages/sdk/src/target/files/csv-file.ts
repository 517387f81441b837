/**
 * Reads a CSV file of a BATCH message. It has no header, each row ends with a line feed (before which there may be a carriage return), an empty
 * cell without quotes is null, and the message states everything else. What a cell is follows from the property's schema.
 */
import { isUtf8 } from "node:buffer";
import { type BatchEncoding, type JsonSchema, protocolErrors, type Records } from "@tapline/protocol";
import type { RecordLines } from "./record-lines.ts";

export interface CsvForm {
  encoding: BatchEncoding;
  schema: JsonSchema;
  maxRowBytes: number;
  /** Makes the error for a file that can't be read. */
  broken(reason: string): Error;
}

type CellKind = "text" | "number" | "boolean";

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** @throws batch_file_broken, invalid_utf8, line_too_long */
export async function* readCsv(pieces: AsyncIterable<Buffer>, lines: RecordLines, form: CsvForm): AsyncGenerator<Records> {
  const { maxRowBytes, broken } = form;
  const row = rowReader(form);
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  const take = function* (bytes: Buffer, isWhole: boolean): Generator<Records, Buffer> {
    for (let at = 0; ; ) {
      const found = at < bytes.length ? row(bytes, at, isWhole) : undefined;
      if (found === undefined) return bytes.subarray(at);
      if (typeof found === "string") throw broken(`line ${line}: ${found}`);
      const run = lines.add(found.record, line);
      if (run !== undefined) yield run;
      line += found.lines;
      at = found.end;
    }
  };
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    // A character may be cut at the end of a piece: rows are checked, as they end with a line feed.
    rest = yield* take(bytes, false);
    if (rest.length > maxRowBytes) throw protocolErrors.line_too_long({ bytes: rest.length, limit: maxRowBytes }, lines.positionAt(line));
  }
  yield* take(rest, true);
  const last = lines.take();
  if (last !== undefined) yield last;
}

interface Row {
  /** As a JSON object. */
  record: Buffer;
  /** The position after its line end, and how many lines it has. */
  end: number;
  lines: number;
}

/** Makes the function that reads the row at `at`: a text is what is wrong with it, undefined means that its end is missing. */
function rowReader({ encoding, schema, broken }: CsvForm): (bytes: Buffer, at: number, isWhole: boolean) => Row | string | undefined {
  const { columns, delimiter = ",", quote = '"' } = encoding;
  if (!Array.isArray(columns) || columns.length === 0) throw broken("the message does not name its columns");
  const marks = [Buffer.from(delimiter), Buffer.from(quote ?? "\0")];
  if (marks.some(({ length }) => length !== 1)) throw broken("delimiter and quote must be one ASCII character each");
  const [delimiterByte, quoteByte] = marks.map((mark) => mark[0]) as [number, number];
  const names = columns.map((name) => (name === null ? null : JSON.stringify(name)));
  const kinds = columns.map((name) => (name === null ? "text" : kindOf(schema.properties?.[name])));
  return (bytes, start, isWhole) => {
    let text = "{";
    let at = start;
    let lines = 1;
    for (let column = 0; ; column++) {
      if (column >= columns.length) return `it has more cells than the ${columns.length} columns`;
      let value: string;
      if (quote !== null && bytes[at] === quoteByte) {
        const from = at + 1;
        let end = bytes.indexOf(quoteByte, from);
        let isDoubled = false;
        for (; end >= 0 && bytes[end + 1] === quoteByte; end = bytes.indexOf(quoteByte, end + 2)) isDoubled = true;
        if (end < 0 || (end + 1 === bytes.length && !isWhole)) return isWhole ? "a quote is not closed" : undefined;
        const cell = bytes.subarray(from, end);
        if (!isUtf8(cell)) return "it is not valid UTF-8";
        const raw = cell.toString();
        for (const byte of cell) if (byte === lineFeed) lines++;
        value = jsonOf(isDoubled ? raw.replaceAll(quote + quote, quote) : raw, kinds[column] as CellKind);
        at = end + 1;
      } else {
        const from = at;
        while (at < bytes.length && bytes[at] !== delimiterByte && bytes[at] !== lineFeed) at++;
        const isAtEnd = bytes[at] === lineFeed || at === bytes.length;
        const end = isAtEnd && at > from && bytes[at - 1] === carriageReturn ? at - 1 : at;
        const cell = bytes.subarray(from, end);
        if (!isUtf8(cell)) return "it is not valid UTF-8";
        value = end === from ? "null" : jsonOf(cell.toString(), kinds[column] as CellKind);
      }
      if (names[column] !== null) text += `${text === "{" ? "" : ","}${names[column]}:${value}`;
      if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) at++;
      if (at >= bytes.length && !isWhole) return undefined;
      if (bytes[at] === delimiterByte && at < bytes.length) at++;
      else if (at < bytes.length && bytes[at] !== lineFeed) return "there is text after the quote that closes a cell";
      else if (column + 1 < columns.length) return `it has ${column + 1} of ${columns.length} cells`;
      else return { record: Buffer.from(`${text}}`), end: at + 1, lines };
    }
  };
}

/** What is not written as its type is stays text: the check of the record rejects it, with the reason. */
function jsonOf(cell: string, kind: CellKind): string {
  if (kind === "number" && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(cell)) return cell;
  if (kind === "boolean" && /^(?:true|false)$/i.test(cell)) return cell.toLowerCase();
  return JSON.stringify(cell);
}

function kindOf(schema: JsonSchema | undefined): CellKind {
  const types = [schema?.type ?? []].flat().filter((type) => type !== "null");
  if (types.length === 1 && types[0] === "boolean") return "boolean";
  return types.length > 0 && types.every((type) => type === "number" || type === "integer") ? "number" : "text";
}
