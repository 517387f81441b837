/** The contract that every tap keeps, against an API on this machine that fails now and then. Make its answers those of your API. */
import { describeReadme, describeTap, ownCommand } from "@tapline/testing";
import { pages, serveApi, withTroubles } from "@tapline/testing/api";
import { afterAll } from "vitest";

const at = (id: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, id)).toISOString().replace(".000", "");
const rows = (count: number, name: string) => Array.from({ length: count }, (_, id) => ({ id, name, updated_at: at(id) }));
const few = rows(100, "some");
const many = rows(8_000, "x".repeat(100));

/** The list at or after `since`, in pages. */
const answer = withTroubles(
  (request) => {
    const [all, size] = request.path === "/long/items" ? [many, 1000] : [few, 30];
    const wanted = all.filter(({ updated_at }) => updated_at >= (request.query.get("since") ?? ""));
    return pages({ rows: wanted, size, by: "cursor" })(request);
  },
  7,
  ["429", "500", "hang-up"],
);
const api = await serveApi(answer);
afterAll(() => api[Symbol.asyncDispose]());

describeTap({
  command: ownCommand(import.meta.url),
  config: { url: api.url, token: "for tests" },
  rows: { example_rows: few },
  longConfig: { url: `${api.url}/long`, token: "for tests" },
});
describeReadme(import.meta.url);
