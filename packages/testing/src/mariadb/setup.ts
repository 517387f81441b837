/**
 * For vitest's `globalSetup`: one MariaDB server for a whole test run, which starts when the first suite asks for it. Where there is none,
 * the run says at its end which tests were skipped, why, and what to do.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { NoMariadb } from "./binaries.ts";
import { type MariadbServer, startMariadb } from "./server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Port on this machine: it answers a connection with the server's address as JSON, or why there is none. */
    mariadbStarter: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<MariadbServer> | undefined;
  let missing: string | undefined;
  const starter = createServer((socket) => {
    socket.on("error", () => {});
    starting ??= startMariadb();
    starting.then(
      ({ address }) => socket.end(JSON.stringify({ address })),
      (error: Error) => {
        if (error instanceof NoMariadb) missing = error.message;
        socket.end(JSON.stringify({ error: error.message, isMissing: error instanceof NoMariadb }));
      },
    );
  }).listen(0, "127.0.0.1");
  await once(starter, "listening");
  project.provide("mariadbStarter", (starter.address() as { port: number }).port);
  return async () => {
    starter.close();
    const server = await starting?.catch(() => undefined);
    await server?.stop();
    if (missing !== undefined) console.error(`\nSKIPPED: all tests that need MariaDB, for ${missing}\n`);
  };
}
