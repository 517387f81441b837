/** Connects to a PostgreSQL server. The only place that makes a client of pg; it knows no settings, so that programs without plugin settings can use it. */
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
    await client.end().catch(() => {});
    throw error;
  }
}
