/** What a server answers over HTTP, on this machine only: whether it is well, and what it did. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { errors } from "./errors.ts";
import type { Meter } from "./meter.ts";

/** A server that looked at nothing for so many seconds is not well. */
const mostSilence = 60;

export interface Listening extends AsyncDisposable {
  url: string;
}

/** @throws port_taken */
export async function listen({ port, meter }: { port: number; meter: Meter }): Promise<Listening> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" }).end(body);
    };
    if (!isLocal(request.headers.host)) return answer(403, "text/plain; charset=utf-8", "This server answers only by its own address.\n");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "text/plain; charset=utf-8", "Only GET is known here.\n");
    if (request.url === "/metrics") return answer(200, "text/plain; version=0.0.4; charset=utf-8", meter.text());
    if (request.url === "/healthz") {
      const seconds = meter.silence();
      return answer(
        seconds > mostSilence ? 503 : 200,
        "application/json",
        `${JSON.stringify({ ok: seconds <= mostSilence, seconds_since_last_look: seconds })}\n`,
      );
    }
    answer(404, "text/plain; charset=utf-8", "There are /healthz and /metrics.\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(errors.port_taken({ port, reason: error.message }, {}, error)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page elsewhere that has its name point here (DNS rebinding) gets no answer. */
function isLocal(host = ""): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}
