/** Runs text through the tokenizer, in pieces of any size. */

import { quotedFlag } from "../src/rows/cells.ts";
import { type RowPolicy, strict } from "../src/rows/policy.ts";
import { Tokenizer } from "../src/rows/tokenizer.ts";
import { type Dialect, defaultDialect } from "../src/sniff/dialect.ts";

export interface Options {
  dialect?: Partial<Dialect>;
  chunk?: number;
  maxRowBytes?: number;
  bufferBytes?: number;
  header?: string[];
  policy?: Partial<RowPolicy>;
}

export interface Tokens {
  /** null: an empty cell without quotes. */
  rows: (string | null)[][];
  lines: number[];
  rejects: { line: number; code: string; raw: string; isCut: boolean }[];
}

export function tokens(content: string | Uint8Array, options: Options = {}): Tokens {
  const bytes = Buffer.from(content as string);
  const { maxRowBytes = 1 << 20, bufferBytes = 1 << 16, chunk = bufferBytes } = options;
  const result: Tokens = { rows: [], lines: [], rejects: [] };
  const tokenizer = new Tokenizer(
    { ...defaultDialect, ...options.dialect },
    {
      maxRowBytes,
      bufferBytes,
      position: { file: "a.csv" },
      policy: { ...strict, nulBytes: "keep", ...options.policy },
      onReject: ({ line, error, raw, isCut }) => result.rejects.push({ line, code: error.code, raw: Buffer.from(raw).toString(), isCut }),
    },
  );
  if (options.header) tokenizer.expect(options.header);
  let at = 0;
  for (let isDone = false; ; ) {
    while (tokenizer.next()) {
      const { count, starts, ends, flags } = tokenizer;
      const isNull = (cell: number) => starts[cell] === ends[cell] && !((flags[cell] as number) & quotedFlag);
      result.rows.push(Array.from({ length: count }, (_, cell) => (isNull(cell) ? null : tokenizer.text(cell))));
      result.lines.push(tokenizer.line);
    }
    if (isDone) return result;
    isDone = at >= bytes.length;
    if (isDone) tokenizer.end();
    else {
      const room = tokenizer.room();
      const size = Math.min(chunk, room.length, bytes.length - at);
      room.set(bytes.subarray(at, at + size));
      tokenizer.filled(size);
      at += size;
    }
  }
}

export const rows = (content: string | Uint8Array, options?: Options) => tokens(content, options).rows;
