/** Rows of one open file to RECORD lines: the fast way where it suits, row by row else, and what a value that doesn't fit its column leads to. */
import type { JsonSchema, ReadContext } from "@tapline/sdk";
import { errors, shorten } from "../errors.ts";
import type { Table } from "../table.ts";
import { describeType } from "../types/column-type.ts";
import type { ColumnTypes } from "../types/column-types.ts";
import { type Layout, layOut, type Slot, setTail } from "./layout.ts";
import { LineBuffer } from "./line-buffer.ts";
import { mostBytes, RecordWriter, shortRowBytes } from "./record-writer.ts";
import { Transcriber } from "./transcriber.ts";

export class TableWriter {
  readonly #stream: string;
  readonly #table: Table;
  readonly #context: ReadContext;
  readonly #types: ColumnTypes;
  #layout!: Layout;
  #lines!: LineBuffer;
  #writer!: RecordWriter;
  #transcriber: Transcriber | undefined;

  constructor(stream: string, table: Table, context: ReadContext, types: ColumnTypes) {
    this.#stream = stream;
    this.#table = table;
    this.#context = context;
    this.#types = types;
    this.layOut();
  }

  /** Lines written since `take`. */
  get count(): number {
    return this.#lines.count;
  }

  get isFull(): boolean {
    return this.#lines.isFull;
  }

  /** Takes the context's schema as it is now; no lines may be waiting. */
  layOut(): void {
    const { tokenizer, header } = this.#table;
    const { schema } = this.#context;
    const layout = layOut(this.#table, this.#context, (name) => this.#types.of(name, schema.properties?.[name]));
    this.#layout = layout;
    this.#lines = new LineBuffer(mostBytes(layout, shortRowBytes));
    this.#writer = new RecordWriter(layout, this.#lines);
    this.#transcriber = Transcriber.suits(tokenizer, layout) ? new Transcriber(tokenizer, layout, this.#lines, header.length) : undefined;
  }

  /** Takes rows that the tokenizer has bytes of, as far as they are ordinary. */
  transcribe(): void {
    while (this.#transcriber?.run());
  }

  /** Adds the tokenizer's row. Where a column must be wider for that, the stream's next schema: lay out by it and write again. @throws value_unfit */
  write(): JsonSchema | undefined {
    const { tokenizer } = this.#table;
    const slot = this.#writer.write(tokenizer);
    if (slot === undefined) return undefined;
    const { name, cell } = slot;
    const rule = this.#types.onBreak(name);
    if (rule === "fail") throw this.#unfit(slot);
    if (rule === "reject") {
      tokenizer.reject(this.#unfit(slot));
      return undefined;
    }
    const { log, schema } = this.#context;
    const [start, end] = [tokenizer.starts[cell] as number, tokenizer.ends[cell] as number];
    const wider = this.#types.widen(name, schema.properties?.[name], tokenizer.bytes, start, end);
    log(
      "warning",
      `${this.#unfit(slot).message} in ${this.#table.path}, line ${tokenizer.line}: from here on column ${JSON.stringify(name)} is ${JSON.stringify(wider)}`,
    );
    return { ...schema, properties: { ...schema.properties, [name]: wider } };
  }

  /** The lines written since the last call; good until the next one is written. */
  take(): Uint8Array {
    setTail(this.#layout, this.#context.tail());
    return this.#lines.take();
  }

  #unfit({ name, cell, type }: Slot): ReturnType<typeof errors.value_unfit> {
    const { tokenizer, path } = this.#table;
    const position = { stream: this.#stream, file: path, line: tokenizer.line, column: name };
    return errors.value_unfit({ value: shorten(tokenizer.text(cell)), expected: describeType(type) }, position);
  }
}
