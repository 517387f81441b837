/** A refresh token that is good for one use, in runs by tapline: it is kept in the store, and nothing that people see holds it. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages, serveApi, withTokens } from "@tapline/testing/api";
import { expect, test } from "vitest";
import { readerFolder } from "./pages/reader-folder.ts";

const tap = `#!/usr/bin/env node
import { oauth2, restStream, restTap, runTap, Type } from "@tapline/rest";
const items = restStream({ name: "items", path: "/items", schema: Type.Object({ id: Type.Integer() }), keys: ["id"], records: "$.data[*]", paging: { type: "page" } });
await runTap(restTap({
  name: "tap-api", version: "1.0.0", description: "",
  config: Type.Object({ url: Type.String(), refresh_token: Type.String({ secret: true }) }),
  api: ({ url, refresh_token }) => ({ url, auth: oauth2({ tokenUrl: url + "/token", refreshToken: refresh_token }) }),
  streams: [items],
}));
`;

test("two runs, each with the token that the one before was given", async () => {
  using reader = readerFolder();
  await using api = await serveApi(withTokens(pages({ rows: [{ id: 1 }, { id: 2 }, { id: 3 }], size: 2, by: "page" }), 100));
  writeFileSync(join(reader.folder, "tap-api.mjs"), tap, { mode: 0o755 });
  writeFileSync(
    join(reader.folder, "tapline.yml"),
    `plugins:\n  tap-api: { executable: ./tap-api.mjs, config: { url: "${api.url}", refresh_token: refresh-0 } }\n  target-jsonl: { config: { destination_path: out } }\njobs: { items: [tap-api target-jsonl] }\n`,
  );
  // The server runs in this process, so the commands must not block it.
  const run = async (...args: string[]): Promise<{ code: number | null; text: string }> => {
    const child = spawn("tapline", args, { cwd: reader.folder, env: reader.env });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (text += String(piece)));
    return await new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  };
  for (let round = 0; round < 2; round++)
    expect(await run("run", "items")).toMatchObject({ code: 0, text: expect.stringContaining("items") });
  expect(api.requests.filter(({ path }) => path === "/token").map(({ body }) => new URLSearchParams(body).get("refresh_token"))).toEqual([
    "refresh-0",
    "refresh-1",
  ]);
  const shown = [await run("state", "list"), await run("runs", "list"), await run("runs", "show", "--log")]
    .map(({ text }) => text)
    .join("\n");
  const store = join(reader.folder, ".tapline");
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const holds = readFileSync(path).includes("refresh-2");
    if (file.name.startsWith("tapline.db")) expect(statSync(path).mode & 0o777).toBe(0o600);
    else expect(holds, path).toBe(false);
  }
  expect(shown).not.toMatch(/refresh-[12]|access-[12]/);
});
