import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { profiled, timesOf } from "./profile.ts";

const frame = (functionName: string, url: string) => ({ functionName, url });

test("samples are added up by program and function, the longest first", () => {
  const nodes = [
    { id: 1, callFrame: frame("(root)", "") },
    { id: 2, callFrame: frame("", "file:///x/bin/tap-a.js") },
    { id: 3, callFrame: frame("read", "file:///x/dist/read.js") },
  ];
  const profile = { nodes, samples: [2, 3, 3], timeDeltas: [500_000, 250_000, 1_000_000] };
  expect(timesOf([profile, profile])).toEqual([
    {
      program: "tap-a.js",
      seconds: 3.5,
      functions: [
        ["read dist/read.js", 2.5],
        ["(anonymous) bin/tap-a.js", 1],
      ],
    },
  ]);
});

test("a program that runs while `profiled` works is in the tables", async () => {
  const folder = mkdtempSync(join(tmpdir(), "profile-test-"));
  try {
    mkdirSync(join(folder, "bin"));
    const file = join(folder, "bin", "busy.js");
    writeFileSync(file, "function spin() { const end = Date.now() + 300; while (Date.now() < end); }\nspin();\n");
    const printed: string[] = [];
    const run = async () => execFileSync(process.execPath, [file]);
    await profiled(run, (text) => void printed.push(text));
    expect(printed.join("")).toMatch(/^busy\.js, main thread, .* s:$/m);
    expect(printed.join("")).toContain("spin bin/busy.js |");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
