/**
 * Runs COPY … TO STDOUT and gives its rows as the bytes that the server sends, without a Buffer or an event for each row: it reads the
 * socket itself while the COPY runs, and gives it back to pg after that.
 */
import type { CopyFrames } from "./copy-frames.ts";
import { type Circumstances, explainFailure } from "./failures.ts";
import { openSession, type Session } from "./session.ts";
import { SocketStatement } from "./socket-statement.ts";

/**
 * Each time that bytes have come, `frames` has rows to take with `frames.next()`; take all of them before you continue. Yields whether
 * more bytes have come already: where they have not, the server may let the reader wait. Where the reader stops early, the statement is
 * cancelled: the transaction needs a rollback then, to a savepoint or to its start.
 * @throws the error that `explainFailure` makes
 */
export async function* copyOut(
  session: Session,
  sql: string,
  frames: CopyFrames,
  circumstances: Circumstances = {},
): AsyncGenerator<boolean> {
  const copy = new SocketStatement(sql);
  session.client.query(copy as never);
  /** What came after the last row, until pg has it. */
  let rest: Buffer | undefined;
  try {
    for (;;) {
      const chunk = await copy.read();
      if (chunk === undefined) break;
      rest = frames.feed(chunk);
      yield rest === undefined && copy.hasMore;
      if (rest !== undefined) {
        copy.giveBack(rest);
        break;
      }
    }
    await copy.ended;
  } catch (error) {
    throw explainFailure(
      (error as { severity?: string }).severity === undefined ? (session.lost ?? error) : error,
      session.options,
      circumstances,
    );
  } finally {
    if (!copy.isOver) await endEarly(session, copy, frames, rest);
  }
}

/**
 * Where the server has more rows: cancels the statement over a connection of its own, as PostgreSQL does it, and reads what was sent already.
 * `rest`: all rows have come, and pg has to read these bytes.
 */
async function endEarly(session: Session, copy: SocketStatement, frames: CopyFrames, rest: Buffer | undefined): Promise<void> {
  let after = rest;
  try {
    if (after === undefined) {
      await using other = await openSession(session.options);
      await other.execute(`SELECT pg_cancel_backend(${session.processId})`);
    }
    while (after === undefined) {
      const chunk = await copy.read();
      if (chunk === undefined) return;
      after = frames.feed(chunk);
    }
    copy.giveBack(after);
    await copy.ended;
  } catch (error) {
    // The server's answer to the cancelled statement is an error too.
    if (!copy.isOver) session.client.connection.stream.destroy(error as Error);
  }
}
