/** What this repository's own programs ask git. */
import { execFileSync } from "node:child_process";
import { root } from "./repository.ts";

/** The full hash; undefined where there is no such commit, or no git. */
export function commitOf(name: string): string | undefined {
  return git("rev-parse", "--verify", "--quiet", `${name}^{commit}`)?.trim();
}

/** Whether these files are as in the last commit. */
export function isCommitted(paths: readonly string[]): boolean {
  return git("status", "--porcelain", "--", ...paths) === "";
}

/** How many files below these paths differ from the commit; undefined where the commit is not in this clone. */
export function changedSince(commit: string, paths: readonly string[]): number | undefined {
  const names = git("diff", "--name-only", commit, "--", ...paths);
  return names === undefined ? undefined : names.split("\n").filter(Boolean).length;
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
