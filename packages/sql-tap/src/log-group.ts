/** What taps share that read a log of changes: the group of its streams, and tables that are read whole before their changes. */
import {
  Checkpoint,
  type Chunk,
  type GroupChunk,
  type ReadContext,
  RowVersion,
  StreamFailed,
  type StreamGroup,
  streamFailed,
  TaplineError,
} from "@tapline/sdk";

/** `read` throws a settings error where the log as a whole can't be read: it is then that of the streams of the log alone. */
export function logGroupOf({ streams, check, read }: Required<Pick<StreamGroup, "streams" | "check" | "read">>): StreamGroup {
  return {
    ...{ streams, check, follows: true, replicationMethod: "LOG_BASED" },
    async *read(contexts) {
      try {
        yield* read(contexts);
      } catch (error) {
        // Streams that are read in other ways are read.
        if (error instanceof TaplineError && error.class === "config") throw streamFailed(error);
        throw error;
      }
    },
  };
}

interface WholeTable {
  readonly name: string;
  readonly context: ReadContext;
  /** That of its rows; reading sets it. */
  version: number;
}

/**
 * Sends the rows of a table that is read whole before its changes are followed, and its failure, which is no other stream's. `columns`:
 * those that the log has too. Returns whether it was read to its end.
 */
export async function* sendWhole(
  table: WholeTable,
  columns: () => readonly string[],
  read: (context: ReadContext) => AsyncIterable<Chunk>,
): AsyncGenerator<[stream: string, GroupChunk], boolean> {
  try {
    for await (const chunk of read(wholeContext(table, columns))) {
      // A place in the table is of no use in another snapshot.
      if (chunk instanceof Checkpoint) continue;
      if (chunk instanceof RowVersion && chunk.version !== undefined) table.version = chunk.version;
      yield [table.name, chunk];
    }
    return true;
  } catch (error) {
    if (!(error instanceof StreamFailed)) throw error;
    yield [table.name, error];
    return false;
  }
}

/** The same stream, read as a whole table: without the columns that only the log has or lacks, and from its start. */
function wholeContext({ context, version }: WholeTable, columns: () => readonly string[]): ReadContext {
  return Object.create(context, {
    state: { value: { version } },
    replicationMethod: { value: "FULL_TABLE" },
    columns: { get: columns },
  }) as ReadContext;
}
