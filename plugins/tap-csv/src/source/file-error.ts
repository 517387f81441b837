/** What the system says of a file that can't be opened or read, as an error that says what to do about it. */
import { userInfo } from "node:os";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";

/** Other errors come back as they are. */
export function fileError(path: string, position: Position, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return errors.file_missing({ path }, position, error);
  if (code === "EACCES" || code === "EPERM") return errors.file_forbidden({ path, user: userName() }, position, error);
  const isFromSystem = error instanceof Error && "syscall" in error;
  return isFromSystem ? errors.file_unreadable({ path, reason: code ?? error.message }, position, error) : error;
}

/** A user id without an entry in the password file has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}
