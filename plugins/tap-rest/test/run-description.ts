/** Runs a description against an API of this machine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiHandler, serveApi } from "@tapline/testing/api";
import { type RunOptions, tapRunner } from "@tapline/testing/tap-run";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import type { Definition } from "../src/definition/schema.ts";
import tap from "../src/index.ts";

/** Its address and that of its tokens are those of the test, and it does not wait for its own rate. */
export async function runDescription(
  { rate: _, ...definition }: Definition,
  handler: ApiHandler,
  values: Record<string, string> = {},
  options: RunOptions = {},
) {
  await using api = await serveApi(handler);
  const folder = mkdtempSync(join(tmpdir(), "tap-rest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "api.yaml");
  const auth = definition.auth?.type === "oauth2" ? { ...definition.auth, token_url: `${api.url}/token` } : definition.auth;
  writeFileSync(path, stringify({ ...definition, url: `${api.url}/base`, ...(auth !== undefined && { auth }) }));
  return { ...(await tapRunner(tap).runTap({ definition: path, values }, options)), requests: [...api.requests] };
}
