/** The source and the test of a tap for an API. */
import { from } from "./from.ts";

export const restTap = (plugin: string, name: string): string => `#!/usr/bin/env node
// @ts-check
import { bearer, restStream, restTap, runTap, Type } ${from("@tapline/rest")};

const items = restStream({
  name: "${name.replaceAll("-", "_")}",
  path: "/items",
  schema: Type.Object({ id: Type.Integer(), name: Type.String(), updated_at: Type.String({ format: "date-time" }) }),
  keys: ["id"],
  records: "$.data[*]",
  paging: { type: "cursor", next: "$.next", param: "cursor" },
  incremental: { cursor: "updated_at", startParam: "since" },
});

await runTap(
  restTap({
    name: "${plugin}",
    version: "0.1.0",
    description: "Reads ${name} of an API.",
    config: Type.Object({
      url: Type.String({ description: "The address of the API" }),
      token: Type.String({ secret: true, description: "The key of the API" }),
    }),
    api: ({ url, token }) => ({ url, auth: bearer(token) }),
    streams: [items],
  }),
);
`;

export const restTest = (
  plugin: string,
): string => `// The contract that every tap keeps, against an API on this machine that fails now and then. Make its answers those of your API.
import { fileURLToPath } ${from("node:url")};
import { describeTap } ${from("@tapline/testing")};
import { pages, serveApi, withTroubles } ${from("@tapline/testing/api")};
import { afterAll } ${from("vitest")};

const at = (id) => \`2026-01-01T00:\${String(Math.floor(id / 60) % 60).padStart(2, "0")}:\${String(id % 60).padStart(2, "0")}Z\`;
const rows = (count, name) => Array.from({ length: count }, (_, id) => ({ id, name, updated_at: at(id) }));
const few = rows(100, "some");
const many = rows(8_000, "x".repeat(100));

/** The list at or after \`since\`, in pages. */
const list = (all, size) => (request) =>
  pages({ rows: all.filter((row) => row.updated_at >= (request.query.get("since") ?? "")), size, by: "cursor" })(request);
const answer = (request) => (request.path === "/long/items" ? list(many, 1000) : list(few, 30))(request);
const api = await serveApi(withTroubles(answer, 7, ["429", "500", "hang-up"]));
afterAll(() => api[Symbol.asyncDispose]());

const program = fileURLToPath(new URL("../${plugin}.mjs", import.meta.url));
describeTap({
  command: [process.execPath, program],
  config: { url: api.url, token: "for tests" },
  rows: { "${plugin.slice(4).replaceAll("-", "_")}": few },
  longConfig: { url: \`\${api.url}/long\`, token: "for tests" },
});
`;
