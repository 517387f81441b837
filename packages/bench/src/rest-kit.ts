/** tap-rest beside fetch, JSON.parse and JSON.stringify alone, on the same answers of a server in this process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, interleave, type Result } from "./result.ts";

const alone = fileURLToPath(new URL("programs/fetch-alone.js", import.meta.url));
const pageRows = 1000;

export async function restKit(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const pages = Math.ceil(rows / pageRows);
  const answers = Array.from({ length: pages }, (_, page) => Buffer.from(answerOf(page)));
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[Number(new URL(url, "http://x").searchParams.get("page")) - 1];
    response.writeHead(200, { "content-type": "application/json" }).end(answer ?? '{"data":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "bench-rest-"));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const files = Object.entries({ typed: {}, incremental: { incremental: { cursor: "updated_at", start_param: "since" } } }).map(
      ([name, more]) => {
        const stream = { name: "items", path: "/items", keys: ["id"], records: "$.data[*]", paging: { type: "page" }, schema, ...more };
        writeFileSync(join(folder, `${name}.json`), JSON.stringify({ name, url, streams: [stream] }));
        writeFileSync(join(folder, `${name}-config.json`), JSON.stringify({ definition: join(folder, `${name}.json`) }));
        return join(folder, `${name}-config.json`);
      },
    );
    const tap = publishedPlugin("tap-rest");
    const [typed = "", incremental = ""] = files;
    const costs = await interleave(
      {
        alone: () => measure([[alone, `${url}/items`, String(pages)]], folder),
        typed: () => measure([[tap, "--config", typed]], folder),
        incremental: () => measure([[tap, "--config", incremental]], folder),
      },
      rounds,
      log,
    );
    const limit = ["fetch, JSON.parse and JSON.stringify alone", costs.cpu("alone", "fetch-alone.js")] as const;
    return [
      compare("tap-rest, CPU", costs.cpu("typed", "tap-rest.js"), "s", limit, 1.5),
      compare("tap-rest with a bookmark, CPU", costs.cpu("incremental", "tap-rest.js"), "s", limit, 1.5),
    ];
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const text = { type: "string" };
const schema = {
  type: "object",
  properties: {
    id: { type: "integer" },
    name: text,
    email: text,
    total: { type: "number" },
    active: { type: "boolean" },
    updated_at: { ...text, format: "date-time" },
    address: { type: "object", properties: { street: text, city: text, zip: text } },
    tags: { type: "array", items: text },
    note: { type: ["null", "string"] },
  },
};

function answerOf(page: number): string {
  const data = Array.from({ length: pageRows }, (_, at) => {
    const id = page * pageRows + at;
    return {
      id,
      name: `Customer number ${id}`,
      email: `customer${id}@example.com`,
      total: (id % 9973) / 4,
      active: id % 3 === 0,
      updated_at: new Date(1_700_000_000_000 + id * 1000).toISOString(),
      address: { street: `${id % 200} Long Street`, city: "Umeå", zip: String(10_000 + (id % 80_000)) },
      tags: ["new", `t${id % 17}`],
      note: id % 5 === 0 ? null : 'A note of some length, with "quotes" in it.',
    };
  });
  return JSON.stringify({ data, page });
}
