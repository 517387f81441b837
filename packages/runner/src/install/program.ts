/** Runs npm, pip and uv without a shell. Their lines are passed on as they arrive, without passwords. */
import { errors } from "../errors.ts";
import { createRedactor } from "../model/secrets.ts";
import { startChild } from "../process/child.ts";
import { readLines } from "../process/lines.ts";

export interface Installing {
  /** The project's folder. */
  folder: string;
  processEnv: NodeJS.ProcessEnv;
  /** Settles when the user wants it to stop. */
  stop?: Promise<NodeJS.Signals> | undefined;
  onLine(line: string): void;
}

export interface ProgramResult {
  code: number | null;
  stdout: string;
  /** The last line that was not empty. */
  last: string;
}

const redact = createRedactor([]);

/** Resolves to what it printed. @throws program_missing, program_failed, program_stopped */
export async function runProgram(program: string, args: readonly string[], installing: Installing): Promise<string> {
  const result = await tryProgram(program, args, installing);
  if (result.code !== 0) throw errors.program_failed({ program, how: howEnded(result), last: result.last });
  return result.stdout;
}

export function howEnded({ code }: ProgramResult): string {
  return code === null ? "was killed" : `ended with exit code ${code}`;
}

/** @throws program_missing, program_stopped */
export async function tryProgram(
  program: string,
  args: readonly string[],
  { folder, processEnv, stop, onLine }: Installing,
): Promise<ProgramResult> {
  const child = await startChild({
    name: program,
    executable: { command: program, leadingArgs: [], path: program },
    args,
    cwd: folder,
    processEnv,
    env: quiet,
    stdio: ["ignore", "pipe", "pipe"],
  }).catch((error: unknown) => {
    throw errors.program_missing({ program }, {}, error);
  });
  let stoppedBy: NodeJS.Signals | undefined;
  void stop?.then((signal) => {
    stoppedBy = signal;
    return child.stop(signal, 5000);
  });
  let last = "";
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve) => child.stdout?.once("close", resolve));
  const read = readLines(child.stderr as NonNullable<typeof child.stderr>, (line) => {
    if (line.trim() === "") return;
    last = redact(line.trim());
    onLine(redact(line));
  });
  await Promise.all([ended, read]);
  const { code } = await child.exited;
  if (stoppedBy !== undefined) throw errors.program_stopped({ program, signal: stoppedBy });
  return { code, stdout: Buffer.concat(pieces).toString("utf8"), last };
}

/** No questions, since nobody can answer them; no notices about newer versions of the installer. */
const quiet = {
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_INPUT: "1",
  UV_NO_PROGRESS: "1",
  npm_config_update_notifier: "false",
  npm_config_fund: "false",
  npm_config_audit: "false",
  npm_config_yes: "false",
};
