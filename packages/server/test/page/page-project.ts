/**
 * A project with one of everything that the page shows: a job by schedule and by files with checks and rejected rows, one that fails, one
 * that takes its time, one that waits. All plugins are real.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));
const fixture = (name: string): string => join(repository, `packages/runner/test/fixtures/${name}.mjs`);
const plugin = (name: string): string => join(repository, `plugins/${name}/bin/${name}.js`);
export const taplineBin = join(repository, "packages/cli/bin/tapline.js");

/** A folder of its own below the system's temporary files; whoever makes it removes it. */
export function makePageProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-page-"));
  mkdirSync(join(folder, "inbox"));
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(projectFile(folder)));
  return folder;
}

/** 10,000 lines of a log, one of which is an error. */
const chatter = Array.from({ length: 10_000 }, (_, index) =>
  JSON.stringify(
    index === 7000 ? { level: "error", message: "the needle broke" } : { level: "info", message: `page ${index} of the source was read` },
  ),
);

function projectFile(folder: string): object {
  const slowTap = {
    executable: fixture("tap"),
    config: { rows: 2000, pause_ms: 10, metrics: true, state_every: 20 },
  };
  const quickTap = { ...slowTap, config: { rows: 40, metrics: true, state_every: 20, stream: "quick" } };
  return {
    plugins: {
      "tap-inbox": {
        executable: plugin("tap-csv"),
        config: {
          inbox: "inbox",
          infer: "full",
          files: [
            { entity: "orders", match: { name: "orders*.csv" }, keys: ["id"], replication_key: "updated" },
            { entity: "customers", match: { name: "customers*.csv" }, keys: ["id"] },
          ],
        },
        files: { archive: "archive", min_age_seconds: 0 },
      },
      "tap-lost": { executable: plugin("tap-csv"), config: { files: [{ entity: "lost", path: "lost.csv", keys: ["id"] }] } },
      "tap-past": {
        executable: plugin("tap-duckdb"),
        config: { filepath: "past.duckdb", start_date: "2026-04-01" },
        select: ["main-sales.*"],
        metadata: { "main-sales": { "replication-method": "INCREMENTAL", "replication-key": "sold_at" } },
      },
      "tap-slow": slowTap,
      "tap-quick": quickTap,
      "tap-chatty": { ...slowTap, config: { rows: 1, say: chatter } },
      models: { executable: fixture("tapline-models") },
      // Says that it loaded fewer rows than it got.
      "target-leaky": { executable: fixture("target"), config: { output: join(folder, "leaky.txt"), loaded_extra: -5 } },
      "target-duckdb": { executable: plugin("target-duckdb"), config: { filepath: "shop.duckdb", on_error: "reject" } },
      "target-slow": { executable: plugin("target-duckdb"), config: { filepath: "slow.duckdb", batch_size_rows: 20 } },
    },
    jobs: {
      shop: {
        steps: ["tap-inbox target-duckdb"],
        checks: [
          { stream: "orders", accepted_values: { status: ["open", "paid"] }, on_fail: "warn" },
          { stream: "orders", row_count: { min: 1 } },
          { stream: "customers", not_null: ["name"] },
        ],
      },
      lost: { steps: ["tap-lost target-duckdb"] },
      slow: { steps: ["tap-slow target-slow"], fresh_within: "1s" },
      quick: { steps: ["tap-quick target-slow"] },
      modelled: { steps: ["tap-quick target-slow", "models run"] },
      past: { steps: ["tap-past target-slow"] },
      leaky: { steps: ["tap-quick target-leaky"] },
      chatty: { steps: ["tap-chatty target-slow"] },
    },
    schedules: [
      { name: "nightly", cron: "15 2 * * *", timezone: "Europe/Stockholm", job: "shop" },
      { name: "weekly", cron: "0 4 * * 1", job: "lost" },
    ],
    sensors: [{ name: "late-files", files: "late/*.csv", job: "quick" }],
    notify: { channels: { log: { command: ["tee", join(folder, "told.json")], on: ["failure", "success"] } } },
  };
}

/** Runs the real command in the project; a run that is meant to fail may. */
export function tapline(folder: string, ...args: string[]): string {
  try {
    return execFileSync(process.execPath, [taplineBin, ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return `${(error as { stdout: string }).stdout}${(error as { stderr: string }).stderr}`;
  }
}

/** A job that begins in April is back-filled from January on, of which one month has no rows. */
export function runBackfill(folder: string): void {
  const sold = ["2026-01-05", "2026-01-31", "2026-03-15", "2026-04-02"].map((day, id) => `${id},${day}T10:00:00Z`);
  writeFileSync(join(folder, "sales.csv"), `${["id,sold_at", ...sold].join("\n")}\n`);
  tapline(folder, "load", "sales.csv", "duckdb:past.duckdb", "--stream", "sales");
  tapline(folder, "run", "past");
  tapline(folder, "backfill", "past", "--from", "2026-01-01", "--to", "2026-04-01", "--by", "month", "--replace-range");
}

/** Three days of files: the second has a row without its key and a status that no order has, the third a file that can't be read, a copy and a note. */
export function runThreeDays(folder: string): void {
  const put = (name: string, text: string): void => writeFileSync(join(folder, "inbox", name), text);
  const orders = (day: number, status: (id: number) => string): string =>
    [
      "id,customer,status,total,updated",
      ...Array.from({ length: 50 }, (_, index) => day * 100 + index).map((id) => `${id},${id % 7},${status(id)},${id}.50,2026-01-0${day}`),
    ].join("\n");
  put("customers.csv", "id,name\n0,Ada\n1,Grace\n2,Linus\n");
  put("orders-1.csv", `${orders(1, () => "open")}\n`);
  tapline(folder, "run", "shop");
  put("orders-2.csv", `${orders(2, (id) => (id % 10 === 0 ? "gone" : "paid"))}\n,5,open,1.00,2026-01-02\n`);
  tapline(folder, "run", "shop", "--tag", "day=two");
  put("orders-3.csv", 'id,customer,status,total,updated\n301,1,open,"1.00,2026-01-03\n');
  put("orders-1-copy.csv", `${orders(1, () => "open")}\n`);
  put("notes.txt", "call Ana\n");
  tapline(folder, "run", "shop");
  tapline(folder, "run", "lost");
  tapline(folder, "run", "quick");
  tapline(folder, "run", "modelled");
  tapline(folder, "run", "leaky");
  tapline(folder, "run", "chatty");
}
