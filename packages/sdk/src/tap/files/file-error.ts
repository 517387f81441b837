/** Turns a system error from opening or reading a file into an error with a hint. */
import { userInfo } from "node:os";
import type { Position } from "@tapline/protocol";
import { fileErrors as errors } from "./errors.ts";

/**
 * Returns other errors unchanged: file_missing, file_forbidden, file_unreadable for those of the system.
 * @example await stat(path).catch((error) => {
 *   throw fileError(path, { stream }, error);
 * });
 */
export function fileError(path: string, position: Position, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return errors.file_missing({ path }, position, error);
  if (code === "EACCES" || code === "EPERM") return errors.file_forbidden({ path, user: userName() }, position, error);
  const isFromSystem = error instanceof Error && "syscall" in error;
  return isFromSystem ? errors.file_unreadable({ path, reason: code ?? error.message }, position, error) : error;
}

/** The user id when it has no entry in the password file. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}
