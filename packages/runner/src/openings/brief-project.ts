/** A project that exists only while one command runs: its settings are in memory, and its folder is deleted afterwards. */

import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "../model/project.ts";
import type { ProjectFile } from "../model/project-schema.ts";
import { identify } from "../process/liveness.ts";
import { isInUse, ownerName } from "../process/run-folder.ts";
import { parseProject } from "../project/project-file.ts";
import { combine } from "../project/project-files.ts";

export interface BriefProject extends Disposable {
  folder: string;
  /** The project with these plugins. Variables are those of `base`. */
  with(plugins: NonNullable<ProjectFile["plugins"]>): Project;
}

export function makeBriefProject({ variables, processEnv }: Pick<Project, "variables" | "processEnv">): BriefProject {
  sweepBriefProjects();
  const folder = join(tmpdir(), `tapline-load-${randomBytes(6).toString("hex")}.${ownerName(identify(process.pid))}`);
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, "tapline.yml");
  return {
    folder,
    with(plugins) {
      const parsed = combine([parseProject(JSON.stringify({ plugins }), path)]);
      // Nobody can look at a line of a file that does not exist.
      return { folder, path, parsed: { ...parsed, locate: () => ({}) }, variables, processEnv };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Deletes what commands that were killed left: their configs may have passwords. */
function sweepBriefProjects(): void {
  for (const name of namesIn(tmpdir())) {
    if (!/^tapline-load-[0-9a-f]{12}\./.test(name) || isInUse(name)) continue;
    const path = join(tmpdir(), name);
    const isOwn = lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
    if (isOwn) rmSync(path, { recursive: true, force: true });
  }
}

/** A folder for temporary files may let a user write and not list. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
