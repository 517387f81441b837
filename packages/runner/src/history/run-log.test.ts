import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openRunLog } from "./run-log.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const time = new Date("2026-01-02T03:04:05Z");

test("each line has time, source and level, and only the user may read them", () => {
  const folder = makeFolder();
  using log = openRunLog(folder, "run-1");
  log.write(time, "tap-a", "info", "first\nsecond");
  const path = join(folder, log.file);
  expect(readFileSync(path, "utf8")).toBe("2026-01-02T03:04:05.000Z tap-a info first\n2026-01-02T03:04:05.000Z tap-a info second\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a long log goes on in a new file and keeps the one before it", () => {
  const folder = makeFolder();
  using log = openRunLog(folder, "run-1", { maxBytes: 100 });
  for (const message of ["one", "two", "three", "four", "five"]) log.write(time, "tap-a", "info", message);
  expect(readFileSync(join(folder, log.file), "utf8")).toMatch(/five\n$/);
  expect(readFileSync(join(folder, `${log.file}.1`), "utf8")).toMatch(/three/);
  expect(statSync(join(folder, log.file)).size).toBeLessThan(110);
});

test("the oldest runs' logs make room for new ones", () => {
  const folder = makeFolder();
  for (const run of ["20260101T000000", "20260102T000000", "20260103T000000"]) {
    using log = openRunLog(folder, run, { maxTotalBytes: 100 });
    log.write(time, "tap-a", "info", "x".repeat(60));
  }
  const isThere = (run: string): boolean => existsSync(join(folder, ".tapline", "logs", `${run}.log`));
  expect([isThere("20260101T000000"), isThere("20260102T000000"), isThere("20260103T000000")]).toEqual([false, true, true]);
});
