/**
 * Who may import whom: packages, and the rooms of the runner. TypeScript's project references do not check this: an import of a
 * sibling that is not declared still resolves through the hoisted link.
 */
import { posix } from "node:path";
import { type ImportGraph, parseImports, type SourceFile } from "./imports.ts";

/** The packages of ours that each package may import. Nobody may import bench or workspace. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  "packages/protocol": [],
  "packages/maps": ["@tapline/protocol"],
  "packages/sdk": ["@tapline/protocol", "@tapline/maps"],
  "packages/columns": ["@tapline/protocol", "@tapline/sdk"],
  "packages/sql": ["@tapline/protocol", "@tapline/sdk", "@tapline/columns"],
  "packages/postgres": ["@tapline/protocol", "@tapline/sdk", "@tapline/columns", "@tapline/sql"],
  "packages/duckdb": ["@tapline/sdk", "@tapline/columns", "@tapline/sql"],
  "packages/s3": ["@tapline/protocol"],
  "packages/sql-tap": ["@tapline/protocol", "@tapline/sdk"],
  "packages/runner": ["@tapline/protocol", "@tapline/postgres/connect", "@tapline/s3"],
  "packages/rest": ["@tapline/protocol", "@tapline/sdk"],
  "packages/codegen": ["@tapline/protocol", "@tapline/rest"],
  "packages/server": ["@tapline/protocol", "@tapline/sdk", "@tapline/runner"],
  // Its templates are code of plugins; it imports nothing itself.
  "packages/create": ["@tapline/rest", "@tapline/sdk", "@tapline/sql-tap", "@tapline/testing"],
  "packages/cli": ["@tapline/codegen", "@tapline/protocol", "@tapline/runner", "@tapline/server", "create-tapline"],
  "packages/testing": ["@tapline/protocol", "@tapline/sdk", "@tapline/columns", "@tapline/sql"],
  "packages/bench": ["@tapline/duckdb", "@tapline/postgres", "@tapline/testing"],
  "packages/workspace": [
    "@tapline/protocol",
    "@tapline/maps",
    "@tapline/sdk",
    "@tapline/codegen",
    "@tapline/columns",
    "@tapline/sql",
    "@tapline/postgres",
    "@tapline/runner",
    "@tapline/server",
    "@tapline/testing",
    "@tapline/dbt",
    "@tapline/duckdb",
    "@tapline/rest",
    "@tapline/sql-tap",
    "@tapline/tap-csv",
    "@tapline/tap-duckdb",
    "@tapline/tap-mysql",
    "@tapline/tap-postgres",
    "@tapline/tap-rest",
    "@tapline/tapline-map",
    "@tapline/target-duckdb",
    "@tapline/target-jsonl",
    "@tapline/target-parquet",
    "@tapline/target-postgres",
    "@tapline/target-snowflake",
    "create-tapline",
    "tapline",
  ],
};

/** Plugins never import each other. */
const pluginsMayImport = [
  "@tapline/protocol",
  "@tapline/sdk",
  "@tapline/columns",
  "@tapline/sql",
  "@tapline/sql-tap",
  "@tapline/rest",
  "@tapline/postgres",
  "@tapline/duckdb",
  "@tapline/s3",
];

/**
 * The rooms (folders) of packages/runner/src, lowest first, and the rooms each may import. Only index.ts, which is the package's API,
 * may import all of them.
 */
export const runnerRooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  bin: [],
  model: ["errors"],
  process: ["errors", "model"],
  project: ["errors", "model"],
  plugins: ["errors", "model", "process", "project"],
  install: ["errors", "model", "process", "project", "plugins"],
  catalog: ["errors", "model", "process", "project", "plugins"],
  state: ["errors", "model", "process", "project"],
  history: ["errors", "model", "process", "state"],
  runs: ["errors", "model", "process", "state"],
  ticks: ["errors", "model", "state"],
  partitions: ["errors", "model", "process", "state", "ticks"],
  report: ["model", "state"],
  utility: ["errors", "model", "process", "project", "plugins", "catalog", "state"],
  rejects: ["errors", "model", "process", "project", "plugins", "state", "utility"],
  query: ["errors", "model", "process", "project", "plugins"],
  verify: ["errors", "model", "process", "project", "plugins"],
  parallel: ["errors", "model", "process", "project", "plugins", "state", "verify"],
  cutover: ["errors", "model", "process", "project", "plugins", "state", "history", "parallel"],
  checks: ["errors", "model", "process", "project", "plugins", "history"],
  files: ["errors", "model", "process", "project", "plugins", "catalog", "state", "runs"],
  "pipe-run": ["errors", "model", "process", "catalog", "state", "partitions", "checks", "files", "cutover"],
  notify: ["errors", "model", "process", "project", "state", "history", "report", "files"],
  jobs: [
    "errors",
    "model",
    "process",
    "project",
    "plugins",
    "catalog",
    "state",
    "history",
    "runs",
    "ticks",
    "partitions",
    "report",
    "utility",
    "checks",
    "pipe-run",
    "notify",
  ],
  backfill: ["errors", "model", "process", "project", "catalog", "state", "ticks", "partitions", "pipe-run", "jobs"],
  migrate: ["errors", "model", "process", "project", "plugins", "catalog", "state", "ticks", "report", "query", "jobs", "verify"],
  ci: ["errors", "model", "process", "project", "plugins", "catalog", "jobs", "verify"],
  openings: ["errors", "model", "process", "project", "plugins", "catalog"],
  meltano: ["errors", "model", "project", "plugins", "state"],
  doctor: ["errors", "model", "process", "project", "plugins", "catalog", "state", "notify"],
};

const ours = /^(@tapline\/|tapline$|tapline\/|create-tapline$)/;

/** Imports of our packages that the tables do not allow, each as one sentence. `files` are those of all workspaces. */
export function packageProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const workspace = workspaceOf(path);
    const allowed = workspace.startsWith("plugins/") ? pluginsMayImport : (mayImport[workspace] ?? []);
    return parseImports(text).flatMap((name) => {
      if (name.startsWith(".") && !posix.join(posix.dirname(path), name).startsWith(`${workspace}/`))
        return [`${path} imports ${name}, a file of another package`];
      if (/^@tapline\/[^/]+\/(src|dist)(\/|$)/.test(name)) return [`${path} imports ${name}, an internal file of another package`];
      if (!ours.test(name) || allowed.some((one) => name === one || name.startsWith(`${one}/`))) return [];
      return [`${path} imports ${name}, which ${workspace} may not`];
    });
  });
}

/** "packages/sdk" of "packages/sdk/src/index.ts". */
export function workspaceOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

/**
 * Imports between the rooms of a folder that the table does not allow, files in no room, and rooms without a file, each as one
 * sentence. A file directly in the folder is a room by its own name; index.ts may import all.
 */
export function roomProblems(graph: ImportGraph, folder: string, rooms: Readonly<Record<string, readonly string[]>>): string[] {
  const files = [...graph.keys()].filter((path) => path.startsWith(`${folder}/`));
  const roomOf = (path: string): string => (path.slice(folder.length + 1).split("/")[0] ?? "").replace(/\.ts$/, "");
  const empty = Object.keys(rooms).filter((room) => !files.some((path) => roomOf(path) === room));
  const homeless = files.filter((path) => roomOf(path) !== "index" && rooms[roomOf(path)] === undefined);
  const forbidden = files.flatMap((path) => {
    const [room, allowed] = [roomOf(path), rooms[roomOf(path)] ?? []];
    if (room === "index") return [];
    const wrong = (graph.get(path) ?? []).filter((other) => roomOf(other) !== room && !allowed.includes(roomOf(other)));
    return wrong.map((other) => `${path} imports ${other}: the room ${room} may not import ${roomOf(other)}`);
  });
  return [
    ...empty.map((room) => `the room ${room} of ${folder} has no file`),
    ...homeless.map((path) => `${path} is in no room of the table`),
    ...forbidden,
  ];
}
