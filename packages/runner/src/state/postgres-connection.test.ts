/** The connection of the store to PostgreSQL where the network between them stops. */
import { connect, createServer, type Socket } from "node:net";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { openConnection } from "./postgres-connection.ts";

/** A way to the database that can go silent: no byte comes through any more, and nobody learns of it. */
async function silentWay() {
  const { host, port, user, password, database } = await testDatabase();
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, host);
    sockets.push(near, far);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address() as { port: number };
  return {
    url: `postgresql://${user}:${password}@127.0.0.1:${address.port}/${database}`,
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

test("a server that says nothing any more does not keep the process", async () => {
  const way = await silentWay();
  const connection = openConnection(way.url);
  expect(await connection.use((query) => query<{ one: number }>("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
  way.silence();
  const began = Date.now();
  await connection.close();
  expect(Date.now() - began).toBeLessThan(15_000);
});
