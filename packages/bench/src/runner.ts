/**
 * The cost of the runner while rows flow: the same two programs in a shell pipe and in `tapline run`. They do nothing but write and read
 * Singer lines, so that the runner's share is as large as possible.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { measure, type Program } from "./measure.ts";
import { compare, type Result } from "./result.ts";

const tapline = fileURLToPath(new URL("../../cli/bin/tapline.js", import.meta.url));

export async function runnerOnPipe(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-runner-"));
  const counted = join(folder, "counted.json");
  try {
    const plugins = {
      "tap-lines": { executable: writeProgram(folder, "many-lines"), config: { rows } },
      "target-count": { executable: writeProgram(folder, "count-rows"), config: { output: counted } },
    };
    for (const [name, { config }] of Object.entries(plugins)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
    const { execPath: node } = process;
    const alone = Object.entries(plugins).map(([name, { executable }]): Program => [node, executable, "--config", `${name}.json`]);
    const sides = { "the bare pipe": alone, "tapline run": [[node, tapline, "run", "tap-lines", "target-count"] satisfies Program] };
    const timeOf = async (programs: readonly Program[]): Promise<number> => {
      const { wallSeconds } = await measure(programs, folder);
      checkRows(counted, rows);
      return wallSeconds;
    };
    // Not counted: the runner asks each new plugin for its --about once.
    for (const programs of Object.values(sides)) await timeOf(programs);
    const walls: Record<string, number[]> = {};
    for (let round = 1; round <= rounds; round++) {
      // The two take turns in going first.
      const order = Object.entries(sides);
      for (const [name, programs] of round % 2 === 0 ? order.reverse() : order) {
        const seconds = await timeOf(programs);
        walls[name] = [...(walls[name] ?? []), seconds];
        log(`round ${round}: ${name} ${seconds.toFixed(2)} s`);
      }
    }
    const of = (name: keyof typeof sides): number => median(walls[name] ?? []);
    return [compare("tapline run, wall", of("tapline run"), "s", ["the bare pipe", of("the bare pipe")], 1.03)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A plugin must be an executable file. */
function writeProgram(folder: string, name: string): string {
  const path = join(folder, name);
  const program = pathToFileURL(fileURLToPath(new URL(`programs/${name}.js`, import.meta.url)));
  writeFileSync(path, `#!/usr/bin/env node\nimport(${JSON.stringify(program.href)});\n`, { mode: 0o755 });
  return path;
}

/** Throws unless each row arrived once. */
function checkRows(path: string, rows: number): void {
  const counts = JSON.parse(readFileSync(path, "utf8")) as { rows: number; ids: number; states: number };
  const wanted = { rows, ids: (rows / 1000) * (999 * 500), states: rows / 1000 };
  if (JSON.stringify(counts) !== JSON.stringify(wanted))
    throw new Error(`counted ${JSON.stringify(counts)}, sent ${JSON.stringify(wanted)}`);
  rmSync(path);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
