/**
 * An API on this machine for tests of taps: a function answers requests, and faults come between as they do on the net. It listens on
 * loopback only, counts what it was asked, and keeps the requests.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** 1 for the first request of this server. */
  readonly number: number;
}

/** How an answer is spoiled: the connection ends before it, or in its middle; its bytes stop, or come slowly. */
export type Fault = "hang-up" | "cut" | "stall" | { readonly slowMs: number };

export interface ApiAnswer {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Is sent as JSON. */
  readonly json?: unknown;
  /** Is sent as it is. */
  readonly body?: string | Uint8Array;
  readonly fault?: Fault;
}

export type ApiHandler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

export interface Api extends AsyncDisposable {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** All requests so far. */
  readonly requests: readonly ApiRequest[];
  /** The most requests that were open at a time. */
  readonly mostOpen: number;
}

/** @example await using api = await serveApi(({ path }) => (path === "/items" ? { json: [{ id: 1 }] } : { status: 404 })); */
export async function serveApi(handler: ApiHandler): Promise<Api> {
  const requests: ApiRequest[] = [];
  let [open, mostOpen] = [0, 0];
  const server = createServer((incoming, outgoing) => {
    mostOpen = Math.max(mostOpen, ++open);
    outgoing.on("close", () => open--);
    void answer(incoming, outgoing, handler, requests);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get mostOpen() {
      return mostOpen;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handler: ApiHandler, requests: ApiRequest[]): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const request: ApiRequest = {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers as Record<string, string | undefined>,
    body: Buffer.concat(pieces).toString("utf8"),
    number: requests.length + 1,
  };
  requests.push(request);
  try {
    await send(outgoing, await handler(request));
  } catch (error) {
    await send(outgoing, { status: 599, body: `the handler of the test failed: ${(error as Error).stack}` });
  }
}

async function send(outgoing: ServerResponse, { status = 200, headers = {}, json, body, fault }: ApiAnswer): Promise<void> {
  if (fault === "hang-up") return void outgoing.destroy();
  const bytes = Buffer.from(json === undefined ? (body ?? "") : JSON.stringify(json));
  outgoing.writeHead(status, {
    "content-length": bytes.length,
    ...(json !== undefined && { "content-type": "application/json" }),
    ...headers,
  });
  if (fault === undefined) return void outgoing.end(bytes);
  const half = Math.floor(bytes.length / 2);
  outgoing.write(bytes.subarray(0, half));
  if (fault === "stall") return;
  // The first half must leave before the connection ends.
  await sleep(typeof fault === "object" ? fault.slowMs : 20);
  if (fault === "cut") return void outgoing.destroy();
  outgoing.end(bytes.subarray(half));
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
