import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { makeBriefProject } from "./brief-project.ts";

test("a brief project deletes what a killed command left, and nothing of a command that still runs", () => {
  const temporary = mkdtempSync(join(tmpdir(), "brief-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const left = join(temporary, "tapline-load-0123456789ab.999999999-0123456789ab");
  const other = join(temporary, "tapline-load-mine");
  for (const path of [left, other]) mkdirSync(path);
  writeFileSync(join(left, "target.config.json"), "{}");
  const base = { variables: {}, processEnv: {} };
  using running = makeBriefProject(base);
  expect([existsSync(left), existsSync(other)]).toEqual([false, true]);
  using second = makeBriefProject(base);
  expect([existsSync(running.folder), existsSync(second.folder)]).toEqual([true, true]);
});
