/** The little this repository's own checks ask of git. */
import { execFileSync } from "node:child_process";
import { root } from "./repository.ts";

/** The full hash, undefined where there is no such commit (or no git at all). */
export function commitOf(name: string): string | undefined {
  return git("rev-parse", "--verify", "--quiet", `${name}^{commit}`)?.trim();
}

/** Whether what is tracked is as it was committed. */
export function isClean(): boolean {
  return git("status", "--porcelain", "--untracked-files=no") === "";
}

/** Files below `paths` that differ between a commit and now, committed or not; undefined where the commit is not known here (a shallow clone). */
export function changedSince(commit: string, paths: readonly string[]): string[] | undefined {
  if (commitOf(commit) === undefined) return undefined;
  return git("diff", "--name-only", commit, "--", ...paths)
    ?.split("\n")
    .filter((line) => line !== "");
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
