/** What would be published: every package that is not private, packed by npm itself. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bundledPlugins, bundlePlugin } from "./bundle.ts";
import { manifest, root, workspaces } from "./repository.ts";

const published = workspaces().filter((workspace) => !manifest(workspace).private);

// `npm test` makes the bundles first, and other tests run them at this moment: a bundle that is made again is missing for a while.
beforeAll(async () => {
  if (process.env.TAPLINE_BUNDLES !== undefined) return;
  for (const plugin of bundledPlugins()) await bundlePlugin(plugin);
});

test("there is something to publish", () => {
  expect(published.length).toBeGreaterThanOrEqual(7);
});

test.each(published)("%s packs its code, types, README and executables, and no tests", (workspace) => {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: join(root, workspace),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const packed = JSON.parse(output);
  const files: string[] = (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]).files.map((file: { path: string }) => file.path);
  expect(files).toContain("README.md");
  expect(files.filter((file) => /\.test\.|tsbuildinfo|(^|\/)src\//.test(file))).toEqual([]);
  const { bin = {}, exports = {} } = JSON.parse(readFileSync(join(root, workspace, "package.json"), "utf8")) as {
    bin?: Record<string, string>;
    exports?: Record<string, { types: string; default: string }>;
  };
  for (const entry of Object.values(exports)) for (const path of [entry.types, entry.default]) expect(files).toContain(path.slice(2));
  const isBundled = bundledPlugins().includes(workspace);
  for (const path of Object.values(bin)) {
    expect(files).toContain(path.slice(2));
    expect(files.filter((file) => /^bundle\/(licences\.txt|[a-z-]+\.js)$/.test(file)).length).toBe(isBundled ? 2 : 0);
    expect(readFileSync(join(root, workspace, path), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(join(root, workspace, path)).mode & 0o111).not.toBe(0);
  }
});
