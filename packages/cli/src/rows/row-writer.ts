/** Prints rows on a stream, with back-pressure, so that a slow reader takes no memory. A reader that leaves ends the query. */
import type { ResultColumn } from "@tapline/protocol";
import { paint } from "../terminal.ts";
import { csvRows } from "./csv-rows.ts";
import { jsonRows } from "./json-rows.ts";
import type { RowFormat } from "./row-format.ts";
import { tableRows } from "./table-rows.ts";

export const rowFormats = ["table", "csv", "json"] as const;

export type RowFormatName = (typeof rowFormats)[number];

export interface RowWriter {
  start(columns: readonly ResultColumn[]): void;
  /** Returns a promise where the reader is slower than the rows arrive. */
  row(cells: readonly string[]): Promise<void> | undefined;
  /** Prints what waits. */
  flush(): void;
  /** The reader has left. */
  readonly isClosed: boolean;
}

const pieceCharacters = 64 * 1024;

/** `onClosed` is called when the reader leaves. */
export function rowWriter(name: RowFormatName, stream: NodeJS.WriteStream, onClosed: () => void): RowWriter {
  const format = formatOf(name, stream);
  let text = "";
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    onClosed();
  };
  stream.on("error", close);
  stream.on("close", close);

  const write = (): Promise<void> | undefined => {
    const piece = text;
    text = "";
    if (piece === "" || isClosed || stream.write(piece)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        for (const event of ["drain", "error", "close"]) stream.off(event, done);
        resolve();
      };
      for (const event of ["drain", "error", "close"]) stream.on(event, done);
    });
  };

  return {
    start(columns) {
      text += format.start(columns);
    },
    row(cells) {
      text += format.row(cells);
      return text.length < pieceCharacters ? undefined : write();
    },
    flush() {
      text += format.end();
      void write();
    },
    get isClosed() {
      return isClosed;
    },
  };
}

function formatOf(name: RowFormatName, stream: NodeJS.WriteStream): RowFormat {
  const isTerminal = stream.isTTY === true;
  if (name === "csv") return csvRows(isTerminal);
  if (name === "json") return jsonRows(isTerminal);
  return tableRows({ width: isTerminal ? stream.columns : undefined, dim: (text) => paint("dim", text, stream) });
}
