/** Runs the repository's executables for tests as a person does: real processes, their output and exit codes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./repository.ts";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Options {
  cwd: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  /** Run a plugin as a user without rights, also when the tests run as root. */
  unprivileged?: boolean;
}

const binFolders = {
  "tap-csv": "plugins/tap-csv",
  "tap-mysql": "plugins/tap-mysql",
  "tap-postgres": "plugins/tap-postgres",
  "tap-rest": "plugins/tap-rest",
  "tap-duckdb": "plugins/tap-duckdb",
  "tapline-map": "plugins/tapline-map",
  "target-duckdb": "plugins/target-duckdb",
  "target-jsonl": "plugins/target-jsonl",
  "target-parquet": "plugins/target-parquet",
  "target-postgres": "plugins/target-postgres",
  "target-snowflake": "plugins/target-snowflake",
  tapline: "packages/cli",
};
export type Executable = keyof typeof binFolders;

/** The committed bin file of an executable, as npm links it. */
export function bin(name: Executable): string {
  return join(root, binFolders[name], "bin", `${name}.js`);
}

export function start(
  name: Executable,
  args: readonly string[],
  { cwd, env, input, unprivileged }: Options,
): { child: ChildProcess; ended: Promise<Ended> } {
  const program = unprivileged === true && process.getuid?.() === 0 ? asNobody(name) : [bin(name)];
  const child = spawn(process.execPath, [...program, ...args], { cwd, env: { ...process.env, NO_COLOR: "1", ...env } });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    out.stdout += data;
  });
  child.stderr.on("data", (data) => {
    out.stderr += data;
  });
  child.stdin.on("error", () => {});
  if (input !== undefined) child.stdin.end(input);
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...out }));
  return { child, ended };
}

/** Loads the plugin as root, because the user nobody may not read its folder, and then runs it as nobody. */
function asNobody(name: Executable): string[] {
  const [sdk, plugin] = [join(root, "packages/sdk"), join(root, binFolders[name])].map(
    (folder) => pathToFileURL(join(folder, "dist/index.js")).href,
  );
  const main = name.startsWith("tap-") ? "runTap" : "runTarget";
  const code = `import { ${main} } from ${JSON.stringify(sdk)}; import plugin from ${JSON.stringify(plugin)}; process.setegid(65534); process.seteuid(65534); await ${main}(plugin);`;
  return ["--input-type=module", "--eval", code, name];
}

export function run(name: Executable, args: readonly string[], options: Options): Promise<Ended> {
  return start(name, args, { input: "", ...options }).ended;
}

/** `left | right` of our executables through a real pipe; resolves to both exit codes and the output of the right one. */
export function pipe(
  left: readonly [Executable, ...string[]],
  right: readonly [Executable, ...string[]],
  cwd: string,
): Promise<Ended & { leftCode: number }> {
  const command = (side: readonly [Executable, ...string[]]) => [process.execPath, bin(side[0]), ...side.slice(1)];
  return pipeCommands(command(left), command(right), cwd);
}

/** The same for any two programs. The stderr of the left one is written to left.err. */
export async function pipeCommands(left: readonly string[], right: readonly string[], cwd: string): Promise<Ended & { leftCode: number }> {
  const line = (side: readonly string[]) => side.map((text) => `'${text.replaceAll("'", "'\\''")}'`).join(" ");
  const script = `${line(left)} 2>left.err | ${line(right)}; codes=("\${PIPESTATUS[@]}"); echo "\${codes[0]}" >left.code; exit "\${codes[1]}"`;
  const child = spawn("bash", ["-c", script], { cwd, env: { ...process.env, NO_COLOR: "1" } });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    out.stdout += data;
  });
  child.stderr.on("data", (data) => {
    out.stderr += data;
  });
  const [code, signal] = await once(child, "close");
  return { code, signal, ...out, leftCode: Number(readFileSync(join(cwd, "left.code"), "utf8")) };
}

/** The last line that is JSON. Plugins print their error there. */
export function lastJsonLine(text: string): Record<string, unknown> {
  const line = text
    .trim()
    .split("\n")
    .findLast((candidate) => candidate.startsWith("{"));
  return line === undefined ? {} : JSON.parse(line);
}
