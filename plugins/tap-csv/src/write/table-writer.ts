/** Writes the rows of an open file as RECORD lines: with the transcriber where possible, else row by row. Handles values that do not fit their column. */
import type { JsonSchema, ReadContext } from "@tapline/sdk";
import { errors, shorten } from "../errors.ts";
import type { Table } from "../table.ts";
import { describeType } from "../types/column-type.ts";
import type { ColumnTypes } from "../types/column-types.ts";
import { type Layout, layOut, type Slot, setTail } from "./layout.ts";
import { LineBuffer } from "./line-buffer.ts";
import { maxBytes, RecordWriter, shortRowBytes } from "./record-writer.ts";
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

  /** Lines written since the last `take`. */
  get count(): number {
    return this.#lines.count;
  }

  get isFull(): boolean {
    return this.#lines.isFull;
  }

  /** Prepares for the current schema of the context. There must be no lines left to take. */
  layOut(): void {
    const { tokenizer, header } = this.#table;
    const { schema } = this.#context;
    const layout = layOut(this.#table, this.#context, (name) => this.#types.of(name, schema.properties?.[name]));
    this.#layout = layout;
    this.#lines = new LineBuffer(maxBytes(layout, shortRowBytes));
    this.#writer = new RecordWriter(layout, this.#lines);
    this.#transcriber = Transcriber.suits(tokenizer, layout) ? new Transcriber(tokenizer, layout, this.#lines, header.length) : undefined;
  }

  /** Writes the rows in the tokenizer's buffer up to the first one that is not ordinary. */
  transcribe(): void {
    while (this.#transcriber?.run());
  }

  /** Adds the tokenizer's row. If a column must be widened first, returns the new schema: send it, call `layOut`, and write again. @throws value_unfit */
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
    const isText = this.#types.of(name, wider).kind === "string";
    const change = `from this row on, column ${JSON.stringify(name)} is ${isText ? "text" : describeType(this.#types.of(name, wider))}`;
    const earlier = isText ? ". Earlier rows were sent in the old type, and a table may spell them differently" : "";
    const remedy = this.#types.infersAll ? "" : ". To find one type for all rows before the first one is sent, set infer to full";
    log("warning", `${this.#table.path}, line ${tokenizer.line}: ${this.#unfit(slot).message}: ${change}${earlier}${remedy}`);
    return { ...schema, properties: { ...schema.properties, [name]: wider } };
  }

  /** Returns the lines written since the last call; valid until the next line is written. */
  take(): Uint8Array {
    setTail(this.#layout, this.#context.tail());
    return this.#lines.take();
  }

  #unfit({ name, cell, type }: Slot): ReturnType<typeof errors.value_unfit> {
    const { tokenizer, path } = this.#table;
    const position = { stream: this.#stream, file: path, line: tokenizer.line, column: name };
    return errors.value_unfit(
      { value: shorten(tokenizer.text(cell)), expected: describeType(type), infersAll: this.#types.infersAll },
      position,
    );
  }
}
