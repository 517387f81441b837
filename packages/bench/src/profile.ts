/** Where the time of measured programs goes: runs them with V8's sampling profiler and adds up its samples by program and function. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** A file that `node --cpu-prof` writes: a node for each place in the call tree, and which one was sampled after each delta of microseconds. */
export interface CpuProfile {
  nodes: readonly { id: number; callFrame: { functionName: string; url: string } }[];
  samples: readonly number[];
  timeDeltas: readonly number[];
}

/** Seconds of one program's main thread by function. */
export interface ProgramTime {
  program: string;
  seconds: number;
  functions: readonly (readonly [name: string, seconds: number])[];
}

const mostFunctions = 25;

/** Calls `print` with a table for each JavaScript program that `work` ran. */
export async function profiled(work: () => Promise<unknown>, print: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-profile-"));
  const before = process.env.NODE_OPTIONS;
  // Programs inherit it.
  process.env.NODE_OPTIONS = `${before ?? ""} --cpu-prof --cpu-prof-dir=${folder}`;
  try {
    await work();
    const profiles = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile);
    for (const each of timesOf(profiles)) print(tableOf(each));
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    rmSync(folder, { recursive: true });
  }
}

/** Profiles of the same program are added up. Programs and functions that took longest are first. */
export function timesOf(profiles: readonly CpuProfile[]): ProgramTime[] {
  const programs = new Map<string, Map<string, number>>();
  for (const profile of profiles) {
    const program = programOf(profile);
    const functions = programs.get(program) ?? new Map<string, number>();
    programs.set(program, functions);
    const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
    for (const [index, id] of profile.samples.entries()) {
      const name = names.get(id) ?? "?";
      functions.set(name, (functions.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1e6);
    }
  }
  const times = [...programs].map(([program, functions]) => ({
    program,
    seconds: [...functions.values()].reduce((sum, seconds) => sum + seconds, 0),
    functions: [...functions].sort(([, a], [, b]) => b - a),
  }));
  return times.sort((a, b) => b.seconds - a.seconds);
}

function tableOf({ program, seconds, functions }: ProgramTime): string {
  const rows = functions
    .slice(0, mostFunctions)
    .map(([name, each]) => `| ${each.toFixed(2)} s | ${((100 * each) / seconds).toFixed(1)} % | ${name} |`);
  return [`${program}, main thread, ${seconds.toFixed(2)} s:`, "| time | share | function |", "| --- | --- | --- |", ...rows, ""].join(
    "\n",
  );
}

/** The file in `bin` or `programs` that the process ran. */
function programOf({ nodes }: CpuProfile): string {
  const url = nodes
    .map(({ callFrame }) => callFrame.url)
    .find((each) => /\/(?:bin|programs)\/[^/]+\.js$/.test(each) && !each.endsWith("/report-usage.js"));
  return url === undefined ? "other programs" : basename(url);
}

function nameOf({ functionName, url }: CpuProfile["nodes"][number]["callFrame"]): string {
  const file = url.split("/").slice(-2).join("/");
  return [functionName === "" ? "(anonymous)" : functionName, file].filter(Boolean).join(" ");
}
