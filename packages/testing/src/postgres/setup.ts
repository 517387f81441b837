/**
 * For vitest's `globalSetup`: one PostgreSQL server for a whole test run. It starts when the first suite asks for it, so other
 * runs do not wait for it.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { type PostgresServer, startPostgres } from "./server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Port on this machine: it answers a connection with the server's address as JSON. */
    postgresStarter: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<PostgresServer> | undefined;
  const starter = createServer((socket) => {
    socket.on("error", () => {});
    starting ??= startPostgres();
    starting.then(
      ({ address }) => socket.end(JSON.stringify(address)),
      (error: Error) => socket.end(JSON.stringify({ error: error.message })),
    );
  }).listen(0, "127.0.0.1");
  await once(starter, "listening");
  project.provide("postgresStarter", (starter.address() as { port: number }).port);
  return async () => {
    starter.close();
    const server = await starting?.catch(() => undefined);
    await server?.stop();
  };
}
