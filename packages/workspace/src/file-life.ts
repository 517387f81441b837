/** A project whose tap puts files away, for tests with real processes and kills: what it drops, what is in the table, and where each file is. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Ended, run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

export interface FileProject {
  folder: string;
  /** Writes a file elsewhere and moves it into the inbox, as a careful sender does. */
  drop(name: string, text: string): void;
  tapline(...args: string[]): Promise<Ended>;
  /** Starts a run and kills it, with all its processes, once `isDue` says so. @returns whether it was still at work */
  kill(isDue: () => boolean | Promise<boolean>): Promise<boolean>;
  /** How often each id is in the table. */
  ids(): Promise<Map<string, number>>;
  /** Paths below a folder of the project, without records. */
  files(folder: string): string[];
  /** What people were told, in the order in which it arrived. */
  told(): { id: string; event: string }[];
  /** The record beside an archived file. */
  record(path: string): Record<string, unknown>;
}

export interface FileProjectOptions {
  files?: Record<string, unknown>;
  tap?: Record<string, unknown>;
  stream?: Record<string, unknown>;
  target?: Record<string, unknown>;
  /** Each notice is added to a file. */
  isToldOf?: boolean;
}

/** Rows are appended, so that a second load shows. */
export function fileProject(options: FileProjectOptions = {}): FileProject {
  const folder = mkdtempSync(join(tmpdir(), "tapline-files-"));
  for (const name of ["inbox", "outside"]) mkdirSync(join(folder, name));
  const orders = { entity: "orders", match: { name: "orders*.csv" }, columns: { id: { type: "string" } }, ...options.stream };
  const plugins = {
    "tap-csv": {
      executable: join(root, "plugins/tap-csv/bin/tap-csv.js"),
      config: { inbox: "inbox", files: [orders], ...options.tap },
      files: { archive: "archive", min_age_seconds: 0, ...options.files },
    },
    "target-duckdb": {
      executable: join(root, "plugins/target-duckdb/bin/target-duckdb.js"),
      config: { filepath: "shop.duckdb", load_method: "append-only", ...options.target },
    },
  };
  const on = ["failure", "recovery", "warning", "success"];
  const channels = { file: { command: ["tee", "-a", "told.jsonl"], on } };
  const notify = options.isToldOf === true && { notify: { repeat_after: "0s", channels } };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { load: ["tap-csv target-duckdb"] }, ...notify }));
  return {
    folder,
    drop(name, text) {
      const outside = join(folder, "outside", name);
      writeFileSync(outside, text);
      renameSync(outside, join(folder, "inbox", name));
    },
    tapline: (...args) => run("tapline", args, { cwd: folder }),
    kill: (isDue) => killRun(folder, isDue),
    async ids() {
      const rows = await duckdbRows(join(folder, "shop.duckdb"), "SELECT id, count(*) AS times FROM orders GROUP BY id");
      return new Map(rows.map(({ id, times }) => [String(id), Number(times)]));
    },
    files: (name) => filesBelow(join(folder, name)).map((path) => relative(folder, path)),
    told: () =>
      readFileSync(join(folder, "told.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    record: (path) => JSON.parse(readFileSync(join(folder, `${path}.json`), "utf8")) as Record<string, unknown>,
  };
}

async function killRun(cwd: string, isDue: () => boolean | Promise<boolean>): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, "packages/cli/bin/tapline.js"), "run", "load", "--quiet"], {
    cwd,
    detached: true,
    stdio: "ignore",
  });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  while (child.exitCode === null && child.signalCode === null && !(await isDue())) await new Promise((resolve) => setTimeout(resolve, 1));
  try {
    // The whole group, so that plugins die at the same moment.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
  return (await ended)[1] === "SIGKILL";
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return paths.filter((path) => !path.endsWith(".json"));
}
