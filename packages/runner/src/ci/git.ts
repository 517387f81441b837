/** What a trial asks git: where the repository is, which commit to compare with, and the files of a commit or of the working tree, copied elsewhere. */
import { execFile } from "node:child_process";
import { copyFileSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";

export interface Repository {
  /** Its top folder. */
  top: string;
  /** The project's folder below it; "" where the project is at the top. */
  prefix: string;
  /** The variables of the process. */
  env: NodeJS.ProcessEnv;
}

const run = promisify(execFile);

/** @throws ci_git_failed */
async function git(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await run("git", [...args], { cwd, env, maxBuffer: 2 ** 30 });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = (stderr || message).trim().split("\n").at(-1) ?? "";
    throw errors.ci_git_failed({ command: args.slice(0, 2).join(" "), reason }, {}, error);
  }
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

/** @throws ci_no_git */
export async function repositoryOf({ folder, processEnv: env }: Project): Promise<Repository> {
  try {
    const top = firstLine(await git(["rev-parse", "--show-toplevel"], folder, env));
    return { top, prefix: firstLine(await git(["rev-parse", "--show-prefix"], folder, env)).replace(/\/$/, ""), env };
  } catch (error) {
    throw errors.ci_no_git({ folder, reason: (error as Error).message }, {}, error);
  }
}

/** undefined: there is none. */
async function commitAt({ top, env }: Repository, name: string): Promise<string | undefined> {
  try {
    return firstLine(await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`], top, env));
  } catch {
    return undefined;
  }
}

/** The commit that is checked out, with " and changes" where files differ from it. */
export async function headOf(repository: Repository): Promise<string> {
  const commit = await commitAt(repository, "HEAD");
  const isChanged = (await git(["status", "--porcelain"], repository.top, repository.env)).trim() !== "";
  return `${commit?.slice(0, 12) ?? "no commit"}${isChanged ? " and changes" : ""}`;
}

/** Where this branch left the other one: what others did there since does not count as a change. @throws ci_no_base */
export async function baseOf(repository: Repository, base: string): Promise<string> {
  const commit = (await commitAt(repository, `origin/${base}`)) ?? (await commitAt(repository, base));
  if (commit === undefined) throw errors.ci_no_base({ base });
  try {
    return firstLine(await git(["merge-base", "HEAD", commit], repository.top, repository.env));
  } catch {
    // A shallow clone does not know.
    return commit;
  }
}

/** @throws ci_git_failed */
export async function copyCommit({ top, env }: Repository, commit: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // An index of its own: that of the clone stays as it is.
  const index = { ...env, GIT_INDEX_FILE: `${folder}.index` };
  await git(["read-tree", commit], top, index);
  await git(["checkout-index", "--all", "--force", `--prefix=${folder}/`], top, index);
}

/** The files of the working tree that git has or would take. @throws ci_git_failed */
export async function copyWorkTree({ top, env }: Repository, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const listed = await git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], top, env);
  for (const path of new Set(listed.split("\0"))) {
    if (path === "" || path.split("/").includes(".tapline")) continue;
    copyEntry(join(top, path), join(folder, path));
  }
}

/** A file that is in the index and was deleted since is not copied, and a submodule is a folder. */
function copyEntry(from: string, to: string): void {
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return;
  mkdirSync(dirname(to), { recursive: true });
  if (found.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else copyFileSync(from, to);
}
