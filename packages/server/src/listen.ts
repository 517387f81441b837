/** Listens for HTTP, at one address. */
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { errors } from "./errors.ts";

export interface Listening extends AsyncDisposable {
  url: string;
}

/** @throws port_taken */
export async function listen({ host, port, app }: { host: string; port: number; app: Hono }): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch }) as import("node:http").Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(errors.port_taken({ host, port, reason: error.message }, {}, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
