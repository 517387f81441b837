/** Passes requests on to a service, and drops the answers of some of them: the service did it, and the client can't know. */
import { once } from "node:events";
import { createServer, request } from "node:http";

export interface LossyProxy extends AsyncDisposable {
  endpoint: string;
  /** How many answers were dropped. */
  readonly dropped: number;
}

/** `drops`: is asked at each answer */
export async function startLossyProxy(endpoint: string, drops: (method: string, path: string) => boolean): Promise<LossyProxy> {
  let dropped = 0;
  const server = createServer((asked, answer) => {
    const { method = "", url = "", headers } = asked;
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
