/** Cassettes: what was recorded once plays without the API, holds no secret, and says what it lacks. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cassette, serveApi, withTokens } from "@tapline/testing/api";
import { expect, onTestFinished, test } from "vitest";
import { oauth2 } from "../src/index.ts";
import { items, rows, runStreams } from "./shop.ts";

const secret = "s3cret/+ä";

const apiOfTwoPages = () =>
  serveApi(
    withTokens(({ path, query, headers }) => {
      if (query.get("api_key") !== secret) return { status: 403, body: `no such key ${query.get("api_key")}` };
      const next = `http://${headers.host}${path}?page=2&api_key=${encodeURIComponent(secret)}`;
      return query.get("page") === "2"
        ? { body: '{"data":[{"id":12345678901234567890,"at":"2"}]}' }
        : { json: { data: rows(2), next, me: { password: "hunter22" } }, headers: { "set-cookie": "sid=abc123", "x-other": secret } };
    }, 1000),
  );

test("an API is recorded once: next addresses, tokens and numbers play again, and no secret is in the file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cassette-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "tapes", "items.cassette.json");
  await expect(cassette({ file, origins: ["https://x"], record: false })).rejects.toThrow("there is no cassette");
  const read = (url: string, page = items({ paging: { type: "link", next: "$.next" } })) =>
    runStreams(url, [page], {
      auth: oauth2({ tokenUrl: `${url}/token`, clientId: "me", clientSecret: secret }),
      query: { api_key: secret },
    });
  let origin = "";
  const recorded = await (async () => {
    await using api = await apiOfTwoPages();
    origin = api.url;
    await using tape = await cassette({ file, origins: [origin], secrets: [secret], record: true });
    return await read(tape.url);
  })();
  expect(recorded.thrown).toBeUndefined();
  expect(recorded.rows("items")).toHaveLength(3);
  const text = readFileSync(file, "utf8");
  for (const gone of ["s3cret", "access-1", "refresh-1", "hunter22", "abc123", encodeURIComponent(secret), "x-other"])
    expect(text).not.toContain(gone);
  // The API is gone now.
  await using tape = await cassette({ file, origins: [origin], secrets: [secret], record: false });
  const played = await read(tape.url);
  expect(played.thrown).toBeUndefined();
  expect(JSON.stringify(played.rows("items"))).toBe(JSON.stringify(recorded.rows("items")));
  expect(tape.missing).toEqual([]);
  const other = await read(tape.url, items({ path: "/others" }));
  expect(String((other.thrown as Error).message)).toContain("the cassette has no answer to GET");
  expect(tape.missing).toHaveLength(1);
});

test("a secret in bytes that can't be changed: the file is not written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cassette-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await using api = await serveApi(() => ({ body: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("token-1234")]) }));
  const tape = await cassette({ file: join(folder, "x.json"), origins: [api.url], secrets: ["token-1234"], record: true });
  await fetch(tape.url);
  await expect(tape[Symbol.asyncDispose]()).rejects.toThrow("a secret is left");
});
