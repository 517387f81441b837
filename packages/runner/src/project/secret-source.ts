/** Fetches the values of `{ $file: … }` and `{ $command: … }` in a config. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Position } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Reference } from "./variables.ts";

export interface ReferenceContext {
  /** The folder that paths are relative to and commands run in. */
  folder: string;
  /** The setting, for messages. */
  place: string;
  position: Position;
  environment: NodeJS.ProcessEnv;
}

const timeoutMs = 30_000;

/** Without the newline at its end. @throws secret_file_unreadable, secret_command_failed, secret_reference_invalid */
export function fetchSecret({ kind, argument }: Reference, context: ReferenceContext): string {
  const text = kind === "file" ? readSecret(argument, context) : askForSecret(argument, context);
  return text.replace(/\r?\n$/, "");
}

function readSecret(path: unknown, { folder, place, position }: ReferenceContext): string {
  if (typeof path !== "string" || path === "") throw errors.secret_reference_invalid({ place, form: "{ $file: PATH }" }, position);
  try {
    return readFileSync(resolve(folder, path), "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw errors.secret_file_unreadable({ place, path, reason }, position, error);
  }
}

/** Takes a list of arguments, and never starts a shell. */
function askForSecret(words: unknown, { folder, place, position, environment }: ReferenceContext): string {
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === "string"))
    throw errors.secret_reference_invalid({ place, form: "{ $command: [PROGRAM, ARGUMENT…] }" }, position);
  const [program = "", ...args] = words as string[];
  const failed = (how: string): Error => errors.secret_command_failed({ place, program, how }, position);
  let printed: string;
  try {
    printed = execFileSync(program, args, {
      cwd: folder,
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    const { code, status, signal } = error as NodeJS.ErrnoException & { status?: number | null; signal?: string | null };
    if (code === "ETIMEDOUT") throw failed(`took longer than ${timeoutMs / 1000} s`);
    throw failed(
      status === null || status === undefined ? `could not be run (${signal ?? code ?? "unknown"})` : `ended with exit code ${status}`,
    );
  }
  if (printed.trim() === "") throw failed("printed nothing");
  return printed;
}
