/**
 * Every kind that `tapline new` and `npm create tapline` make: `npm test` passes at once, `npm start` shows streams or takes a tap's rows, and a project
 * loads through it.
 * Covers: packages/create, packages/testing/src, packages/sdk/src, packages/rest/src, packages/sql-tap/src, packages/workspace/src/new-plugins, packages/workspace/long/new-plugins.test.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KindName, kinds, tapKinds } from "create-tapline";
import { expect, test } from "vitest";
import { authorFolder } from "../src/new-plugins/new-plugin.ts";
import { root } from "../src/repository.ts";

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

test.each(Object.keys(kinds) as KindName[])("%s", async (kind) => {
  using author = authorFolder();
  const plugin = `${kinds[kind].prefix}shop-orders`;
  const isTap = kind in tapKinds;
  const words = isTap ? [plugin, "--kind", kind] : [plugin];
  const ok = async (command: string, args: readonly string[], folder = plugin): Promise<string> => {
    const { code, text } = await author.run(command, args, folder);
    expect(code, text).toBe(0);
    return text;
  };
  await ok(process.execPath, [join(root, "packages/create/bin/create-tapline.js"), ...words], "");
  expect(await ok("npm", ["test"])).toMatch(/Tests +\S*\d+ passed \(\d+\)/);
  if (isTap) {
    expect(JSON.parse(await ok("npm", ["start", "--silent", "--", "--discover"])).streams).toHaveLength(1);
    if (kind === "rest") return;
  }
  // In a project, from the rows that it comes with into DuckDB, or from a CSV file.
  const steps = { target: `tap-csv ${plugin}`, mapper: `tap-csv ${plugin} target-duckdb` } as Record<string, string>;
  const configs = {
    custom: { count: 3 },
    file: { path: `${plugin}/example.jsonl` },
    sql: { filepath: `${plugin}/example.db` },
    target: { filepath: "rows.db" },
    mapper: { columns: ["name"] },
  } as Record<string, object>;
  writeFileSync(join(author.folder, "items.csv"), "id,name\n1,one\n2,two\n");
  const project = {
    plugins: {
      [plugin]: { executable: `${plugin}/dist/${plugin}.js`, config: configs[kind] },
      "tap-csv": { config: { files: [{ entity: "items", path: "items.csv", keys: ["id"] }] } },
      "target-duckdb": { config: { filepath: "shop.duckdb" } },
    },
    jobs: { shop: [steps[kind] ?? `${plugin} target-duckdb`] },
  };
  writeFileSync(join(author.folder, "tapline.yml"), JSON.stringify(project));
  const summary = await ok("tapline", ["run", "shop"], "");
  expect(summary).toMatch(kind === "custom" ? / 3 +3 +3 / : / 2 +2 +2 /);
});
