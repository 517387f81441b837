/**
 * Runs the recipe of the Dockerfile in a Debian root that debootstrap makes, because Docker does not run everywhere, and a project in what it built, as
 * the user without rights that the image has.
 * Covers: Dockerfile, .dockerignore, package.json, packages/workspace/src/container, packages/workspace/src/pack.ts, packages/workspace/src/bundle.ts, packages/workspace/long/container.test.ts
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltRoot, buildRoot, nodeImage, runIn } from "../src/container/build-root.ts";
import { readDockerfile } from "../src/container/dockerfile.ts";
import { duckdbRows } from "../src/duckdb.ts";
import { installNode } from "../src/publish/reader.ts";
import { root } from "../src/repository.ts";

const base = mkdtempSync(join(tmpdir(), "container-"));
let image: BuiltRoot;

beforeAll(() => {
  const stages = readDockerfile(readFileSync(join(root, "Dockerfile"), "utf8"));
  const [version] = [...new Set(stages.map(({ image: name }) => /^node:(\d+)-slim$/.exec(name)?.[1]))];
  if (version === undefined) throw new Error("the Dockerfile starts from another image than node:N-slim");
  nodeImage(join(base, "node"), join(installNode(base, version), "node"));
  // What .dockerignore leaves: a clone has no builds and no installed packages.
  const context = join(base, "context");
  execFileSync("git", ["clone", "--quiet", root, context], { stdio: "ignore" });
  rmSync(join(context, ".git"), { recursive: true });
  image = buildRoot(stages, join(base, "node"), context, base);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const docker = (...args: string[]) => runIn(image, [...image.entrypoint, ...args]);

test("the image runs tapline as a user without rights, and holds no sources, packages or caches of its build", () => {
  expect(image.user).toBe("node");
  expect(runIn(image, ["id", "-u"]).output.trim()).toBe("1000");
  expect(docker("--version").output).toMatch(/^tapline\/\d/);
  expect(docker(...image.cmd).output).toContain("run");
  for (const path of ["packages", "source", "root/.npm/_cacache"]) expect(existsSync(join(image.folder, path))).toBe(false);
});

test("a project is made and run in it, and its files belong to that user", async () => {
  for (const args of [["init"], ["run", "items"], ["run", "items"]]) expect(docker(...args)).toMatchObject({ status: 0 });
  const file = join(image.folder, "project/output/items.duckdb");
  expect((await duckdbRows(file, "SELECT count(*) AS n FROM items")).map(({ n }) => n)).toEqual(["3"]);
  expect(runIn(image, ["stat", "-c", "%U", "tapline.yml", "output/items.duckdb"]).output).toBe("node\nnode\n");
});
