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

const program = fileURLToPath(new URL("programs/fetch-alone.js", import.meta.url));
const pageRows = 1000;
/** Of the lists of children: many small answers. */
const listRows = 100;
/** Answers are made once and sent again, under other numbers. */
const distinctAnswers = 100;

export async function restKit(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const [pages, lists] = [Math.ceil(rows / pageRows), Math.ceil(rows / listRows)];
  const [long, short] = [pageRows, listRows].map((size) => Array.from({ length: distinctAnswers }, (_, page) => answerOf(page, size)));
  const parents = Buffer.from(JSON.stringify(Array.from({ length: lists }, (_, at) => ({ id: at + 1 }))));
  const server = createServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://x");
    const number = Number(searchParams.get("page")) - 1;
    const isOver = pathname === "/items" && number >= pages;
    const answer = pathname === "/lists" ? parents : (pathname === "/items" ? long : short)?.[number % distinctAnswers];
    response.writeHead(200, { "content-type": "application/json" }).end(isOver ? '{"data":[]}' : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "bench-rest-"));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = (name: string, streams: readonly object[]): string => {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ name, url, streams }));
      writeFileSync(join(folder, `${name}-config.json`), JSON.stringify({ definition: join(folder, `${name}.json`) }));
      return join(folder, `${name}-config.json`);
    };
    const bookmark = { incremental: { cursor: "updated_at", start_param: "since" } };
    const items = { name: "items", path: "/items", keys: ["id"], records: "$.data[*]", paging: { type: "page" }, schema };
    const list = { name: "lists", path: "/lists", keys: ["id"], schema: { type: "object", properties: { id: { type: "integer" } } } };
    const configs = {
      typed: config("typed", [items]),
      incremental: config("incremental", [{ ...items, ...bookmark }]),
      lists: config("lists", [
        list,
        { ...items, ...bookmark, parent: "lists", path: "/list?page={{ parent.id }}", paging: { type: "none" } },
      ]),
    };
    const tap = publishedPlugin("tap-rest");
    const alone = (path: string, count: number) => () => measure([[program, `${url}${path}`, String(count)]], folder);
    const ours = (name: keyof typeof configs) => () => measure([[tap, "--config", configs[name]]], folder);
    const costs = await interleave(
      {
        alone: alone("/items", pages),
        typed: ours("typed"),
        incremental: ours("incremental"),
        "lists alone": alone("/list", lists),
        lists: ours("lists"),
      },
      rounds,
      log,
    );
    const limit = (name: "alone" | "lists alone") =>
      ["fetch, JSON.parse and JSON.stringify alone", costs.cpu(name, "fetch-alone.js")] as const;
    return [
      compare("tap-rest, CPU", costs.cpu("typed", "tap-rest.js"), "s", limit("alone"), 1.5),
      compare("tap-rest with a bookmark, CPU", costs.cpu("incremental", "tap-rest.js"), "s", limit("alone"), 1.5),
      compare(
        `tap-rest, a list of ${listRows} rows for each of many parents, CPU`,
        costs.cpu("lists", "tap-rest.js"),
        "s",
        limit("lists alone"),
        1.5,
      ),
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

function answerOf(page: number, size: number): Buffer {
  const data = Array.from({ length: size }, (_, at) => {
    const id = page * size + at;
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
  return Buffer.from(JSON.stringify({ data, page }));
}
