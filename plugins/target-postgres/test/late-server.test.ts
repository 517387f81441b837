/** A server that is not there yet when the load starts, as in a set of containers that start together. */
import { createServer, connect as dial, type Server } from "node:net";
import { freePort, testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import target from "../src/index.ts";
import { batch, settings, stream, withSink } from "./rows.ts";

test("a server that starts late is waited for", async () => {
  const database = await testDatabase();
  const port = await freePort();
  const config = { ...settings(database), host: "127.0.0.1", port };
  const loading = withSink(config, async (sink) => {
    const writer = await sink.open(stream({ id: { type: "integer" } }));
    await writer.write(batch([{ id: 1 }]));
    await sink.commit();
  });
  // Nobody listens at the first try; then the way to the real server is open.
  setTimeout(() => void forward(port, database), 300);
  await loading;
  expect(await database.read("SELECT id FROM s")).toEqual([["1"]]);
});

test("a server that never comes is given up after a few seconds", async () => {
  const database = await testDatabase();
  const startedAt = performance.now();
  await expect(target.open({ ...settings(database), host: "127.0.0.1", port: await freePort() })).rejects.toMatchObject({
    code: "host_down",
    recovery: "retry",
  });
  expect(performance.now() - startedAt).toBeGreaterThan(1500);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

function forward(port: number, to: { host: string; port: number }): Server {
  const server = createServer((client) => {
    const upstream = dial(to.port, to.host);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    client.pipe(upstream).pipe(client);
  }).listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  return server;
}
