/** The rows of a file on their way to a writer: as the file itself, or as lines in batches of bounded size. */
import type { Records, TaplineError } from "@tapline/protocol";
import type { RowBatch } from "../define.ts";
import { LineBatch } from "../line-batch.ts";
import type { FileMetadata, RowFile } from "./row-file.ts";

const batchBytes = 8 << 20;

/** For writers that said that they take the file. Its rows are not in memory, so none can be rejected. */
export function fileBatch(stream: string, file: RowFile, metadata: (() => FileMetadata) | undefined): RowBatch {
  return {
    stream,
    count: file.rows,
    byteLength: file.byteLength,
    file: { ...file, metadata },
    rows() {
      throw new Error(`the rows of ${file.path} were taken as a file`);
    },
    mayReject: false,
    reject(_, error: TaplineError) {
      throw error;
    },
    rejected: 0,
  };
}

export async function* lineBatches(runs: AsyncIterable<Records>, receivedAt: string): AsyncGenerator<LineBatch> {
  let batch: LineBatch | undefined;
  for await (const run of runs) {
    batch ??= new LineBatch(run.stream, run.source);
    batch.add({ ...run, receivedAt });
    if (batch.byteLength < batchBytes) continue;
    yield batch;
    batch = undefined;
  }
  if (batch !== undefined) yield batch;
}
