/** The little this repository's own tools ask of git. */
import { execFileSync } from "node:child_process";
import { root } from "./repository.ts";

/** The full hash, undefined where there is no such commit (or no git at all). */
export function commitOf(name: string): string | undefined {
  return git("rev-parse", "--verify", "--quiet", `${name}^{commit}`)?.trim();
}

/** Whether these files are as the last commit has them. */
export function isCommitted(paths: readonly string[]): boolean {
  return git("status", "--porcelain", "--", ...paths) === "";
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
