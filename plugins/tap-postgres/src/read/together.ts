/** Reads parts of a table at once, each over a connection of its own: the pieces of all of them in turn, as they come. */
import type { Chunk } from "@tapline/sdk";

type Part = AsyncGenerator<Chunk>;

/** Ends when all parts have ended: then all their rows are sent, and a STATE may follow. */
export async function* readTogether(parts: readonly Part[]): AsyncGenerator<Chunk> {
  const active = new Map<Part, Promise<{ part: Part; result: IteratorResult<Chunk> }>>();
  const ask = (part: Part): void =>
    void active.set(
      part,
      part.next().then((result) => ({ part, result })),
    );
  parts.forEach(ask);
  try {
    while (active.size > 0) {
      const { part, result } = await Promise.race(active.values());
      active.delete(part);
      if (result.done === true) continue;
      // The piece is used before the next one is asked for: the part may write it to the same buffer.
      yield result.value;
      ask(part);
    }
  } finally {
    // Nobody waits for the others any more; each ends its statement.
    await Promise.allSettled(
      parts.map(async (part) => {
        await active.get(part)?.catch(() => {});
        await part.return(undefined);
      }),
    );
  }
}
