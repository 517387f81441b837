/** Connects to a PostgreSQL server. The only place that makes a client of pg; it knows no settings, so that programs without plugin settings can use it. */
import type { Socket } from "node:net";
import pg from "pg";

export type PostgresClient = pg.Client;

/** The client is connected, and keeps the process alive until `end`. @throws what pg reports; no connection is left open then */
export async function connectClient(config: pg.ClientConfig): Promise<PostgresClient> {
  const client = new pg.Client(config);
  // Without a listener, a connection lost between two statements would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await endClient(client);
    throw error;
  }
}

/** A server that has hung, or a network that has gone, never says goodbye. */
const farewellMs = 5000;

/** Resolves in any case: a server that does not answer is left without its goodbye. */
export async function endClient(client: PostgresClient): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      stream.destroy();
      resolve();
    }, farewellMs);
  });
  await Promise.race([client.end().catch(() => {}), late]);
  clearTimeout(timer);
}
