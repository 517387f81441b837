/** Reads parts of a table over several connections at once: the pieces of all of them in turn, as they come. */
import type { Session } from "@tapline/postgres";
import type { Chunk } from "@tapline/sdk";

type Part = (session: Session) => AsyncGenerator<Chunk>;

/** Yields the chunks, and after each part the number of parts that are read from the first on without a gap. */
export async function* readParts(parts: readonly Part[], sessions: readonly Session[]): AsyncGenerator<Chunk | number> {
  let [started, whole] = [0, 0];
  const read = new Set<number>();
  const active = new Map<
    Session,
    { index: number; chunks: AsyncGenerator<Chunk>; next: Promise<{ session: Session; result: IteratorResult<Chunk> }> }
  >();
  const ask = (session: Session, index: number, chunks: AsyncGenerator<Chunk>): void => {
    active.set(session, { index, chunks, next: chunks.next().then((result) => ({ session, result })) });
  };
  const start = (session: Session): void => {
    const part = parts[started];
    if (part !== undefined) ask(session, started++, part(session));
  };
  for (const session of sessions) start(session);
  try {
    while (active.size > 0) {
      const { session, result } = await Promise.race([...active.values()].map(({ next }) => next));
      const { index, chunks } = active.get(session) as { index: number; chunks: AsyncGenerator<Chunk> };
      if (result.done !== true) {
        // The piece is used before the next one is asked for: the part may write it to the same buffer.
        yield result.value;
        ask(session, index, chunks);
        continue;
      }
      active.delete(session);
      read.add(index);
      while (read.has(whole)) whole++;
      yield whole;
      start(session);
    }
  } finally {
    // Nobody waits for the others any more; each ends its statement.
    await Promise.allSettled(
      [...active.values()].map(async ({ chunks, next }) => {
        await next.catch(() => {});
        await chunks.return(undefined);
      }),
    );
  }
}
