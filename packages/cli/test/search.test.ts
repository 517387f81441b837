/** `tapline search` beside a registry and a hub on this machine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder, start, tapline } from "./tapline.ts";

const packages = [
  { name: "@tapline/tap-csv", version: "0.1.0", description: "Reads CSV files", keywords: ["tapline-plugin"] },
  { name: "tap-orders", version: "2.0.0", description: "Reads orders of a shop", keywords: ["singer", "tapline-plugin"] },
  { name: "orders", version: "1.0.0", description: "No plugin", keywords: ["orders"] },
];
const asked: string[] = [];
/** Whether the registry knows "keywords:"; verdaccio does not. */
let knowsKeywords = true;
const server = createServer((request, response) => {
  const url = request.url ?? "";
  asked.push(url);
  const ref = `${address()}/hub/extractors/tap-orders--acme`;
  const answers: Record<string, unknown> = {
    "/-/v1/search": {
      objects: packages.map((each) => ({ package: { ...each, date: "2026-01-01T00:00:00Z", links: {}, maintainers: [], publisher: {} } })),
      total: 3,
      time: "",
    },
    "/hub/extractors/index": {
      "tap-orders": { default_variant: "acme", variants: { acme: { ref }, old: { ref: "http://elsewhere.example/x" } } },
      "tap-github": { default_variant: "x", variants: { x: { ref: `${address()}/hub/none` } } },
    },
    "/hub/loaders/index": {},
    "/hub/mappers/index": {},
    "/hub/extractors/tap-orders--acme": {
      name: "tap-orders",
      variant: "acme",
      description: "Orders, by Acme",
      pip_url: "acme-tap-orders~=1.0",
    },
  };
  const isUnknown = url.includes("keywords") && !knowsKeywords;
  const answer = isUnknown ? { objects: [], total: 0, time: "" } : answers[url.split("?")[0] as string];
  response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
afterAll(() => server.close());
const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const search = (words: string[], registry?: string) => start(makeFolder(), ["search", ...words], "", configOf(registry)).answer;
const configOf = (url = address()) => ({ npm_config_registry: url, npm_config_cache: join(makeFolder(), "npm") });

test("npm's plugins and the hub's are listed, each with what adds it; other packages are not", async () => {
  const found = await search(["orders", "--hub", `${address()}/hub`]);
  expect(found).toMatchObject({
    code: 0,
    err: "",
    out: `tap-orders 2.0.0  (npm tap-orders)
  Reads orders of a shop
  tapline add tap-orders
tap-orders  (Meltano hub, variant acme)
  Orders, by Acme
  tapline add tap-orders --pip 'acme-tap-orders~=1.0'
`,
  });
  expect(asked.some((url) => url.startsWith("/-/v1/search?text=keywords") && url.includes("tapline-plugin"))).toBe(true);
});

test("a registry that does not know keywords is asked for the word alone", async () => {
  knowsKeywords = false;
  const found = await search(["orders", "--only", "npm"]);
  knowsKeywords = true;
  expect(found).toMatchObject({ code: 0, out: expect.stringMatching(/^tap-orders 2\.0\.0 {2}\(npm tap-orders\)\n/) });
});

test("a place that can't be asked is told, and the other is shown; a search in which none could be asked fails", async () => {
  const nobody = "http://127.0.0.1:9";
  const one = await search(["csv", "--hub", `${nobody}/hub`]);
  expect(one).toMatchObject({ code: 0, out: expect.stringContaining("tapline add tap-csv\n") });
  expect(one.err.replaceAll("\n", " ")).toMatch(
    /http:\/\/127.0.0.1:9\/hub could not be asked \(\w+.*\), so the plugins of Meltano's hub are missing here/,
  );
  const none = await search(["csv", "--only", "npm"], nobody);
  expect(none).toMatchObject({ code: 1, out: "" });
  expect(none.err.replaceAll("\n", " ")).toMatch(/npm could not be asked \(.*ECONNREFUSED.*\), so its packages are missing here/);
});

test("a clone of the hub is searched without a network", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, "hub/extractors/tap-shop"), { recursive: true });
  writeFileSync(join(folder, "hub/extractors/tap-shop/acme.yml"), "name: tap-shop\nvariant: acme\nlabel: Shop\ndescription: Orders\n");
  const found = await tapline(folder, ["search", "ORDERS", "--hub", "hub", "--only", "hub", "--json"]);
  expect(JSON.parse(found.out).plugins).toEqual([
    {
      name: "tap-shop",
      description: "Orders",
      source: "Meltano hub, variant acme",
      add: "tapline add --from ./hub/extractors/tap-shop/acme.yml",
    },
  ]);
  const nothing = await tapline(folder, ["search", "no such", "--hub", "hub", "--only", "hub"]);
  expect(nothing).toMatchObject({ code: 0, out: expect.stringContaining("tapline new tap no-such") });
});
