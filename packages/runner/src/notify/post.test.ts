import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { post } from "./post.ts";

async function listen(server: Pick<Server, "listen" | "close" | "address" | "once">): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
}

const send = (url: URL, timeoutMs = 2000) => post({ url, headers: {}, body: "{}", timeoutMs });

const answers: [string, RequestListener, object][] = [
  ["200", (_, response) => response.end("ok"), { kind: "sent" }],
  ["202", (_, response) => response.writeHead(202).end(), { kind: "sent" }],
  [
    "404 with a text",
    (_, response) => response.writeHead(404).end("no_team\n"),
    { kind: "refused", reason: expect.stringMatching(/answered 404: no_team$/) },
  ],
  ["302", (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), { kind: "refused" }],
  ["503", (_, response) => response.writeHead(503).end(), { kind: "refused" }],
  ["429 with a time", (_, response) => response.writeHead(429, { "retry-after": "7" }).end(), { kind: "refused", retryAfterMs: 7000 }],
  ["504", (_, response) => response.writeHead(504).end(), { kind: "unsure" }],
  ["none, and closes", (request) => request.socket.destroy(), { kind: "unsure" }],
  [
    "200, and breaks off in the text",
    (request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("o", () => request.socket.destroy());
    },
    { kind: "unsure", reason: expect.stringContaining("broke off its answer") },
  ],
];

test.each(answers)("the server answers %s", async (_name, listener, expected) => {
  const server = createServer(listener);
  expect(await send(await listen(server))).toMatchObject(expected);
});

test("nobody listens, so it surely did not arrive", async () => {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await send(url)).toMatchObject({ kind: "refused", reason: expect.stringContaining("ECONNREFUSED") });
  expect(await send(new URL("http://nowhere.invalid/hook"))).toMatchObject({ kind: "refused" });
});

test("a server that takes the text and is silent leaves it open whether it arrived", async () => {
  const server = createServer(() => {});
  expect(await send(await listen(server), 300)).toMatchObject({ kind: "unsure", reason: expect.stringContaining("within 0.3 s") });
  server.closeAllConnections();
});

test("a handshake that fails is no delivery", async () => {
  const server = createTcpServer((socket) => socket.end("not TLS"));
  const { host } = await listen(server as unknown as Server);
  expect(await send(new URL(`https://${host}/hook`))).toMatchObject({ kind: "refused" });
});

test("the path of the URL is in no reason", async () => {
  const outcome = await send(await listen(createServer((_, response) => response.writeHead(500).end())));
  expect(JSON.stringify(outcome)).not.toContain("hook");
});
