/** The log and the summary of a run, as the executable writes them. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { folderOf } from "./tap-run.ts";

const bin = fileURLToPath(new URL("../bin/tap-csv.js", import.meta.url));

interface Event {
  type: string;
  level?: string;
  message?: string;
}

function run(content: string, settings: Record<string, unknown> = {}) {
  const folder = folderOf({ "items.csv": content });
  writeFileSync(join(folder, "tap.json"), JSON.stringify({ files: [{ entity: "items", path: "items.csv", ...settings }] }));
  const { stderr } = spawnSync(process.execPath, [bin, "--config", "tap.json"], { cwd: folder, encoding: "utf8" });
  const events = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  return {
    logged: events.filter(({ type, level }) => type === "log" && level !== "debug"),
    summary: events.findLast(({ type }) => type === "summary"),
  };
}

test("the counts add up to the rows of the file, and the warnings are in the summary", () => {
  const content = "id,n\n1,5\nid,n\n2,N/A\n3,6\n4\n5,7\nTotal,18\n";
  const { logged, summary } = run(content, { footer: "auto", on_bad_row: "reject" });
  expect(summary).toMatchObject({ sent: 4, skipped: 2, rejected: 1 });
  const warnings = logged.filter(({ level }) => level === "warning").map(({ message }) => message);
  expect(summary).toMatchObject({
    warnings: [
      expect.stringMatching(/items.csv, line 4: column "n" is text because of "N\/A": 3 of 4 values are numbers/),
      expect.stringContaining('left out the last line: "Total,18"'),
      expect.stringContaining("items.csv, line 3: the header is repeated"),
    ],
  });
  for (const warning of (summary as { warnings?: string[] }).warnings ?? []) expect(warnings).toContain(warning);
});

test("the log of a file without doubts is one line", () => {
  const { logged, summary } = run("id,amount,day,note\n1,1.234,50 €,31.01.2026,x\n".replace("1.234,50 €", '"1.234,50 €"'));
  expect(logged).toEqual([expect.objectContaining({ level: "info", message: expect.stringContaining("reading items.csv with") })]);
  expect(summary).not.toHaveProperty("warnings");
  expect(summary).not.toHaveProperty("skipped");
});
