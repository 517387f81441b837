/** Reads a stream's files into RECORD lines: the loop between the tokenizer and the writer, and nothing that a row pays twice for. */
import { Lines, type ReadContext } from "@tapline/sdk";
import { RecordWriter } from "./record-writer.ts";
import { checkColumns, type FirstFile, openTable, type Table, type TableOptions } from "./table.ts";
import type { Tokenizer } from "./tokenize.ts";
import { Watermark } from "./watermark.ts";

export interface CsvStream {
  paths: readonly string[];
  options: TableOptions;
  /** The file whose header says which columns there are. */
  first: FirstFile;
}

/** @throws what opening a file, reading a row and encoding a cell throw: see `errors.ts` */
export async function* readStream(stream: CsvStream, context: ReadContext): AsyncGenerator<Lines> {
  const name = stream.options.stream;
  const key = context.replicationMethod === "INCREMENTAL" ? context.replicationKey : undefined;
  const watermark = key === undefined ? undefined : new Watermark(key, name, context);
  for (const path of stream.paths) {
    await using table = await openTable(path, stream.options);
    checkColumns(table, stream.first, name);
    yield* readTable(name, table, context, watermark && { watermark, cell: table.header.indexOf(key as string) });
    if (context.signal.aborted) return;
  }
}

interface Incremental {
  watermark: Watermark;
  /** The replication key's cell; -1 when this file lacks it. */
  cell: number;
}

async function* readTable(stream: string, table: Table, context: ReadContext, incremental: Incremental | undefined): AsyncGenerator<Lines> {
  const { tokenizer } = table;
  const writer = new RecordWriter(stream, table, context);
  const take = (): Lines => {
    const { count } = writer;
    return new Lines(writer.take(), count, incremental?.watermark.maximum ?? null);
  };
  do {
    while (tokenizer.next()) {
      if (incremental !== undefined && !isWanted(tokenizer, incremental)) continue;
      writer.write(tokenizer);
      if (writer.isFull) yield take();
    }
    if (context.signal.aborted) return;
  } while (await table.more());
  if (writer.count > 0) yield take();
}

function isWanted({ bytes, starts, ends }: Tokenizer, { watermark, cell }: Incremental): boolean {
  return cell < 0 || watermark.admit(bytes, starts[cell] as number, ends[cell] as number);
}
