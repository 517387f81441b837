/** Bytes of COPY to the server. */
import { pipeline } from "node:stream/promises";
import copyStreams from "pg-copy-streams";
import type { PostgresClient } from "../connect.ts";
import type { Session } from "../session.ts";
import { newBytes, type TakeBytes } from "./format.ts";

/** Larger buffers are not kept. */
const keptBytes = 4 << 20;

/** The buffer of each session. A new one for each piece would cost 8 % of a load's processor time, in page faults and collections. */
const kept = new WeakMap<PostgresClient, Buffer>();

/**
 * `sql` is a COPY … FROM STDIN. `pieces` get room for the bytes of one piece at a time, which they yield before they take more.
 * @returns how many rows the server reports. @throws the server's or the network's error as it is, and what `pieces` throw
 */
export async function copyRows({ client }: Session, sql: string, pieces: (take: TakeBytes) => Iterable<Buffer>): Promise<number> {
  const stream = client.query(copyStreams.from(sql));
  const isSent = (): boolean => stream.writableLength === 0 && client.connection.stream.writableLength === 0;
  const take: TakeBytes = (size) => {
    if (size > keptBytes) return newBytes(size);
    let buffer = kept.get(client);
    if (buffer === undefined || buffer.length < size || !isSent()) {
      buffer = newBytes(Math.max(size, buffer?.length ?? 0));
      kept.set(client, buffer);
    }
    return buffer.subarray(0, size);
  };
  await pipeline(pieces(take), stream);
  return stream.rowCount;
}
