/** Bytes of COPY to the server. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import copyStreams from "pg-copy-streams";
import type { Session } from "../session.ts";

/** `sql` is a COPY … FROM STDIN. @returns how many rows the server reports. @throws the server's or the network's error as it is, and what `bytes` throws */
export async function copyRows(session: Session, sql: string, bytes: Iterable<Buffer>): Promise<number> {
  const stream = session.client.query(copyStreams.from(sql));
  await pipeline(Readable.from(bytes, { objectMode: true, highWaterMark: 2 }), stream);
  return stream.rowCount;
}
