/**
 * Passes the client's requests on to the emulator, and asks a test about each statement: so a load can be killed before one or while it runs, and
 * an answer can be a refusal of Snowflake's.
 */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type ErrorBody, refusal } from "./error-server.ts";

/** `pass`: the emulator runs it. `leave`: nobody does, and there is no answer. `run`: the emulator runs it, and there is no answer. A body: it is refused so. */
export type Decision = "pass" | "leave" | "run" | ErrorBody;

export interface StatementProxy extends AsyncDisposable {
  url: string;
}

export async function startStatementProxy(emulatorPort: number, decide: (sql: string) => Decision): Promise<StatementProxy> {
  const forward = (method: string, path: string, headers: IncomingHttpHeaders, body: Buffer) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      const passed = request({ host: "127.0.0.1", port: emulatorPort, method, path, headers }, async (answered) => {
        const answer = await collected(answered);
        resolve({ status: answered.statusCode ?? 500, headers: answered.headers, body: answer });
      });
      passed.on("error", reject);
      passed.end(body);
    });
  const server = createServer(async (asked, answer) => {
    const { method = "", url = "", headers } = asked;
    const body = await collected(asked);
    const decision = url.includes("/query-request") ? decide(statementIn(headers, body)) : "pass";
    if (decision === "leave") return;
    if (typeof decision === "object") {
      answer.setHeader("content-type", "application/json");
      answer.end(JSON.stringify(refusal(decision)));
      return;
    }
    try {
      const done = await forward(method, url, headers, body);
      if (decision === "run") return;
      answer.writeHead(done.status, done.headers);
      answer.end(done.body);
    } catch {
      asked.socket.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function statementIn(headers: IncomingHttpHeaders, body: Buffer): string {
  const text = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  return (JSON.parse(text.toString()) as { sqlText: string }).sqlText;
}
