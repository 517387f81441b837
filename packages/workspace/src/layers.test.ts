/** Packages and the runner's rooms import only what is below them, and no file imports itself through others. */
import { isBuiltin } from "node:module";
import { expect, test } from "vitest";
import { findCircles, importGraph, parseImports } from "./imports.ts";
import { mayImport, packageProblems, roomProblems, runnerRooms, workspaceOf } from "./layers.ts";
import { manifest, sourceFiles, workspaces } from "./repository.ts";

const files = sourceFiles(workspaces());
const graph = importGraph(files);

test("the checks see the code: every package, folders named target, and enough imports", () => {
  const edges = [...graph.values()].flat();
  expect(files.length).toBeGreaterThan(500);
  expect(edges.length).toBeGreaterThan(1500);
  expect(workspaces().filter((workspace) => !files.some(({ path }) => workspaceOf(path) === workspace))).toEqual([]);
  expect(files.filter(({ path }) => path.includes("/target/")).length).toBeGreaterThan(10);
});

test("packages import only what is below them, by the names they publish", () => {
  expect(packageProblems(files)).toEqual([]);
  expect(workspaces().filter((name) => name.startsWith("packages/") && mayImport[name] === undefined)).toEqual([]);
});

test("a forbidden import of a package is found", () => {
  const planted = [
    { path: "packages/sdk/src/a.ts", text: 'import type {\n  Runner,\n} from "@tapline/runner";' },
    { path: "packages/cli/src/b.ts", text: 'export * from "../../runner/src/index.ts";' },
    { path: "plugins/dbt/src/c.ts", text: 'const { tap } = await import("@tapline/tap-csv");' },
    { path: "packages/sdk/src/d.ts", text: 'import { a } from "@tapline/protocol/dist/a.js";' },
  ];
  expect(packageProblems(planted).map((problem) => problem.split(" imports ")[0])).toEqual(planted.map(({ path }) => path));
});

test("rooms of the runner import only the rooms below them", () => {
  expect(roomProblems(graph, "packages/runner/src", runnerRooms)).toEqual([]);
});

test("a forbidden import between rooms, a file in no room and an empty room are found", () => {
  const rooms = { errors: [], model: ["errors"], state: ["model"], jobs: ["model"] };
  const planted = importGraph([
    { path: "r/src/errors.ts", text: "" },
    { path: "r/src/model/a.ts", text: 'import type { B } from "../state/b.ts";' },
    { path: "r/src/state/b.ts", text: 'import { a } from "../model/a.ts";' },
    { path: "r/src/left-over.ts", text: "" },
    { path: "r/src/index.ts", text: 'export * from "./state/b.ts";' },
  ]);
  expect(roomProblems(planted, "r/src", rooms)).toEqual([
    "the room jobs of r/src has no file",
    "r/src/left-over.ts is in no room of the table",
    "r/src/model/a.ts imports r/src/state/b.ts: the room model may not import state",
  ]);
  expect(roomProblems(new Map(), "r/src", rooms)).toHaveLength(4);
});

test("the runner reads the environment of the process only where a project is opened", () => {
  const readers = files.filter(({ path, text }) => path.startsWith("packages/runner/src/") && /process\.env\b/.test(text));
  expect(readers.map(({ path }) => path)).toEqual(["packages/runner/src/doctor/doctor.ts", "packages/runner/src/project/project.ts"]);
});

test("the table of rooms is in order: a room imports only rooms above it in the table", () => {
  const order = Object.keys(runnerRooms);
  const wrong = Object.entries(runnerRooms).filter(([room, others]) => others.some((o) => order.indexOf(o) >= order.indexOf(room)));
  expect(wrong).toEqual([]);
});

test("no file imports itself through others, types included", () => {
  expect(findCircles(graph)).toEqual([]);
});

test("what is imported is declared", () => {
  const undeclared = files.flatMap(({ path, text }) => {
    const workspace = workspaceOf(path);
    if (workspace === "packages/workspace") return [];
    const { name: own, dependencies, peerDependencies, devDependencies } = manifest(workspace);
    // Files of long suites are not published, the page is published as a bundle, and templates are code of packages that are made.
    const isNotPublished = ["/long/", "/page/", "/templates/"].some((folder) => path.startsWith(`${workspace}${folder}`));
    const declared = { ...peerDependencies, ...dependencies, ...(isNotPublished ? devDependencies : {}) };
    return parseImports(text)
      .filter((name) => !name.startsWith(".") && !isBuiltin(name))
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/"),
      )
      .filter((bare) => declared[bare] === undefined && bare !== own)
      .map((bare) => `${path} imports ${bare}`);
  });
  expect(undeclared).toEqual([]);
});
