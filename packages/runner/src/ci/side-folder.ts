/** The copy of the project that one side of a trial runs in: its own states, history and files, so that nothing of the project is touched. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import type { ProcessIdentity } from "../model/runner.ts";
import { environmentsFolder } from "../plugins/python-environment.ts";
import { identify, isAlive } from "../process/liveness.ts";
import { openProject } from "../project/project.ts";
import { copyCommit, copyWorkTree, type Repository } from "./git.ts";

export interface TrialFolder extends Disposable {
  path: string;
}

const ownerFile = "owner.json";

/** A folder below `.tapline/ci` of the project, which goes at the end; those that killed commands left go now. */
export function trialFolder({ folder }: Project, id: string): TrialFolder {
  const all = join(folder, ".tapline", "ci");
  mkdirSync(all, { recursive: true });
  for (const name of readdirSync(all)) if (!isOwned(join(all, name))) rmSync(join(all, name), { recursive: true, force: true });
  const path = join(all, id);
  mkdirSync(path);
  writeFileSync(join(path, ownerFile), JSON.stringify(identify(process.pid)));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function isOwned(path: string): boolean {
  try {
    return isAlive(JSON.parse(readFileSync(join(path, ownerFile), "utf8")) as ProcessIdentity);
  } catch {
    return false;
  }
}

export interface SideOptions {
  project: Project;
  repository: Repository;
  /** undefined: the working tree. */
  commit: string | undefined;
  folder: string;
  /** Files that are not in git. */
  files: readonly string[];
}

/** The project as the side has it. @throws ci_git_failed, ci_file_missing, and what `openProject` throws */
export async function openSideProject({ project, repository, commit, folder, files }: SideOptions): Promise<Project> {
  await (commit === undefined ? copyWorkTree(repository, folder) : copyCommit(repository, commit, folder));
  const own = join(folder, repository.prefix);
  mkdirSync(join(own, ".tapline"), { recursive: true });
  for (const path of files) {
    if (!existsSync(join(project.folder, path))) throw errors.ci_file_missing({ path }, { file: project.path });
    cpSync(join(project.folder, path), join(own, path), { recursive: true });
  }
  if (existsSync(join(project.folder, ".env"))) cpSync(join(project.folder, ".env"), join(own, ".env"));
  // Plugins in Python and dbt are installed once.
  const python = environmentsFolder(project.folder);
  if (existsSync(python)) symlinkSync(python, environmentsFolder(own));
  return openProject(own, project.processEnv);
}
