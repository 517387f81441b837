/** The pages that a reader follows step by step, and how tests run them with the packages of this clone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase } from "@tapline/testing/postgres";
import { filesBelow, root } from "../repository.ts";
import { type CommandBlock, commandBlocks, pageParts } from "./page-parts.ts";
import { readerFolder } from "./reader-folder.ts";
import { type PageRun, runPage } from "./run-page.ts";

export const pages: readonly string[] = [
  "README.md",
  ...["docs/tutorials", "docs/how-to"].flatMap((folder) => filesBelow(folder, ".md")),
  "packages/sdk/README.md",
];

export function markdownOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

export const blocks: readonly CommandBlock[] = pages.flatMap((page) => commandBlocks(page, markdownOf(page)));

/** Runs a page in a fresh folder. A page that needs a database gets an empty one, and PGHOST, PGUSER and the like lead to it. */
export async function runWithClone(page: string, isLeftOut: (block: CommandBlock) => boolean, blockTimeoutMs = 120_000): Promise<PageRun> {
  const markdown = markdownOf(page);
  using reader = readerFolder();
  const needs = pageParts(page, markdown).flatMap((part) => (part.kind === "needs" ? [part.what] : []));
  const unknown = needs.filter((what) => what !== "postgres");
  if (unknown.length > 0) throw new Error(`${page} needs ${unknown}, which the tests don't have`);
  const env = { ...reader.env, ...(needs.length > 0 ? await databaseVariables() : {}) };
  return await runPage(page, markdown, { folder: reader.folder, env, isLeftOut, blockTimeoutMs });
}

async function databaseVariables(): Promise<Record<string, string>> {
  const { host, port, user, password, database } = await testDatabase();
  return { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database };
}
