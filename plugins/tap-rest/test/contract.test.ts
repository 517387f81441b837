/** Runs the kit that every tap must pass, against an API of this machine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeTap, ownCommand } from "@tapline/testing";
import { afterAll } from "vitest";

const all = Array.from({ length: 100 }, (_, id) => ({
  id,
  name: `item "${id}"`,
  price: id / 4,
  changed: `2024-01-01T00:00:${String(Math.floor(id / 20)).padStart(2, "0")}Z`,
}));
const long = Array.from({ length: 20_000 }, (_, id) => ({ id, name: "x".repeat(100) }));
const server = createServer(({ url = "" }, response) => {
  const { pathname, searchParams } = new URL(url, "http://x");
  const at = Number(searchParams.get("offset") ?? 0);
  const rows = pathname === "/long" ? long : all.filter(({ changed }) => changed >= (searchParams.get("since") ?? ""));
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify(rows.slice(at, at + Number(searchParams.get("limit")))));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const folder = mkdtempSync(join(tmpdir(), "tap-rest-"));
const definition = (name: string, more: object): string => {
  const path = join(folder, `${name}.json`);
  const stream = { name: "items", path: `/${name}`, keys: ["id"], paging: { type: "offset", size: 40 }, ...more };
  writeFileSync(path, JSON.stringify({ name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, streams: [stream] }));
  return path;
};
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describeTap({
  command: ownCommand(import.meta.url),
  config: { definition: definition("items", { incremental: { cursor: "changed", start_param: "since" } }) },
  rows: { items: all },
  longConfig: { definition: definition("long", { paging: { type: "offset", size: 1000 } }) },
});
