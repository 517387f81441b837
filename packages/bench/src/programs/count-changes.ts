/**
 * A bare reader of a replication slot: it counts the changes that PostgreSQL's plugin pgoutput sends up to a place of the log, and does
 * nothing with them. It reads the socket as the tap does, which is faster than the events of pg. Prints the count. Usage: URL SLOT PUBLICATION LSN
 */
import { CopyFrames, SocketStatement } from "@tapline/postgres";
import pg from "pg";

const [url = "", slot = "", publication = "", end = "0/0"] = process.argv.slice(2);
const [high = "", low = ""] = end.split("/");
const until = (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);

const client = new pg.Client({ connectionString: url, password: process.env.PGPASSWORD, replication: "database" } as pg.ClientConfig);
await client.connect();
const stream = new SocketStatement(`START_REPLICATION SLOT ${slot} LOGICAL 0/0 (proto_version '1', publication_names '${publication}')`);
client.query(stream as never);
const asking = setInterval(() => stream.write(answer()), 200);
const frames = new CopyFrames();
const [data, keepalive, insert, update, remove, commit] = [..."wkIUDC"].map((letter) => letter.charCodeAt(0));
let [count, isOver] = [0, false];
while (!isOver) {
  const chunk = await stream.read();
  if (chunk === undefined || frames.feed(chunk) !== undefined) throw new Error("the server ended the stream of changes");
  while (frames.next()) {
    const { bytes, start } = frames;
    if (bytes[start] === keepalive) isOver ||= bytes.readBigInt64BE(start + 1) >= until;
    else if (bytes[start] === data) {
      const kind = bytes[start + 25];
      if (kind === insert || kind === update || kind === remove) count++;
      else if (kind === commit) isOver ||= bytes.readBigInt64BE(start + 25 + 10) >= until;
    }
  }
}
clearInterval(asking);
console.log(count);
process.exit(0);

/** Confirms nothing, and asks how far the server has come. */
function answer(): Buffer {
  const bytes = Buffer.alloc(39);
  bytes.write("d");
  bytes.writeUInt32BE(38, 1);
  bytes.write("r", 5);
  bytes[38] = 1;
  return bytes;
}
