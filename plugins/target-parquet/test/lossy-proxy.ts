/** Passes requests on to a service. It drops the answers of some of them: the service did it, and the client can't know. Others it refuses. */
import { once } from "node:events";
import { createServer, request } from "node:http";

export interface LossyProxy extends AsyncDisposable {
  endpoint: string;
  /** How many answers were dropped. */
  readonly dropped: number;
}

type Choice = (method: string, path: string) => boolean;

/** What S3 says where the rights are missing. Source: "Error responses" of Amazon S3's API reference. */
const denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

/** `drops`: is asked at each answer; `refuses`: at each request */
export async function startLossyProxy(endpoint: string, drops: Choice, refuses: Choice = () => false): Promise<LossyProxy> {
  let dropped = 0;
  const server = createServer((asked, answer) => {
    const { method = "", url = "", headers } = asked;
    if (refuses(method, url)) {
      asked.resume();
      answer.writeHead(403, { "content-type": "application/xml" }).end(denied);
      return;
    }
    const passed = request(new URL(url, endpoint), { method, headers }, (answered) => {
      if (drops(method, url)) {
        dropped++;
        answered.resume();
        asked.socket.destroy();
        return;
      }
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
    });
    passed.on("error", () => asked.socket.destroy());
    asked.pipe(passed);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get dropped() {
      return dropped;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
