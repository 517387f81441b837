/**
 * Reads streams that are read together: their rows are interleaved as the group yields them, and one STATE holds the bookmarks of all.
 * Before that STATE all lines of all of them are sent, for a STATE promises the rows before it.
 */
import { asTaplineError, type CatalogStream } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { Checkpoint, type Stream } from "./define.ts";
import { promptly, waiting } from "./promptly.ts";
import { Checkpoints, type StreamGroup } from "./session.ts";
import { type FailedStream, StreamFailed } from "./stream-failed.ts";
import { StreamWriter, type StreamWriterOptions } from "./stream-writer.ts";

/** `fail` is called for each stream that the group gives up. @throws group_misused and what the group's `read` throws */
export async function* readGroup(
  group: StreamGroup,
  members: readonly (readonly [stream: Stream, entry: CatalogStream])[],
  options: StreamWriterOptions,
  fail: (failed: FailedStream) => void,
): AsyncGenerator<Uint8Array> {
  const writers = new Map(
    members.map(([stream, entry]) => [stream.name, new StreamWriter(stream, entry, { ...options, isInGroup: true })]),
  );
  const all = [...writers.values()];
  const flushAll = (): Uint8Array[] => all.flatMap((writer) => [...writer.flush()]);
  const contexts = new Map([...writers].map(([name, { context }]) => [name, context]));
  let isConfirmed = false;
  for (const writer of all) yield* writer.start();
  try {
    for await (const item of promptly(group.read(contexts), () => all.some(({ holdsRows }) => holdsRows))) {
      if (options.signal.aborted) break;
      if (item === waiting) {
        yield* flushAll();
        continue;
      }
      isConfirmed = item instanceof Checkpoints;
      if (item instanceof Checkpoints) {
        yield* flushAll();
        yield options.state.advanceAll(item.bookmarks);
        continue;
      }
      const [stream, chunk] = item;
      const writer = writers.get(stream);
      if (writer === undefined) throw errors.group_misused({ why: `a chunk of ${JSON.stringify(stream)}, which is not selected in it` });
      if ((chunk as unknown) instanceof Checkpoint) throw errors.group_misused({ why: `a checkpoint of ${JSON.stringify(stream)} alone` });
      if (chunk instanceof StreamFailed) fail({ stream, error: asTaplineError(chunk.cause) });
      else for (const bytes of writer.take(chunk)) yield bytes;
    }
  } catch (error) {
    if (error instanceof StreamFailed) yield* flushAll();
    throw error;
  }
  yield* flushAll();
  if (!options.signal.aborted && !isConfirmed) yield options.state.advanceAll({});
}
